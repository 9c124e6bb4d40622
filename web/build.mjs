// Builds the page into otc_desk/web/static, where the desk serves it from; the result is committed, so that whoever
// installs the desk needs no Node.js. The same sources give the same bytes: `--check` fails where they differ.
//
// desk.js is what every page runs; a page's own part comes when it is first opened. scripts.json names the files of
// each, so that the shell can say their hashes. Budget: what any one page runs, gzipped.
import { build } from "esbuild";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { gzipSync } from "node:zlib";
import { licences } from "./licences.mjs";
import { savedPage } from "./saved.mjs";

const HERE = new URL(".", import.meta.url);
const STATIC = new URL("../otc_desk/web/static/", import.meta.url);
const SAVED = "if-we-vanish.html";
const LIMIT = 60_000;
const PART = /-[A-Z0-9]{8}\.js$/; // of a name that holds its content's hash
const check = process.argv.includes("--check");

// Every page gets `shared.ts` whole: files that are reached by the same pages are built into one.
const sharedByAll = {
  name: "shared-by-all",
  setup({ onLoad }) {
    onLoad({ filter: /\/web\/src\/(main|app|pages\/.+)\.tsx$/ }, async ({ path }) => {
      const up = path.includes("/pages/") ? "../".repeat(path.split("/pages/")[1].split("/").length) : "./";
      return { contents: `${await readFile(path, "utf8")}\nimport "${up}shared.ts";\n`, loader: "tsx" };
    });
  },
};

const { outputFiles, metafile } = await build({
  entryPoints: { "desk": "src/main.tsx", "sandbox": "src/sandbox/main.tsx" },
  absWorkingDir: HERE.pathname,
  outdir: "out",
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "eof",
  charset: "utf8",
  write: false,
  metafile: true,
  plugins: [sharedByAll],
});
const files = new Map(outputFiles.map((each) => [basename(each.path), Buffer.from(each.contents)]));
const scripts = scriptsOf(metafile);
files.set("scripts.json", Buffer.from(`${JSON.stringify(scripts, null, 2)}\n`));
files.set("licences.txt", Buffer.from(await licences(metafile, HERE)));
files.set(SAVED, Buffer.from(await savedPage(HERE)));

await mkdir(STATIC, { recursive: true });
await (check ? compare() : write());
report();

/** What each entry and each page runs: itself, and everything that it imports from the start. */
function scriptsOf({ outputs }) {
  const found = {};
  for (const [path, { entryPoint, imports }] of Object.entries(outputs)) {
    if (!entryPoint || !path.endsWith(".js")) continue;
    const reached = new Set([path]);
    for (const each of reached) {
      for (const next of outputs[each].imports) if (next.kind === "import-statement") reached.add(next.path);
    }
    const name = /^src\/pages\/(.+)\.tsx$/.exec(entryPoint)?.[1] ?? basename(path, ".js");
    found[name] = [...reached].map((each) => basename(each)).sort();
    // The entries are served under other names than they have here, so that nothing can import them.
    if (imports.some((each) => /\/(desk|sandbox)\.js$/.test(each.path))) throw new Error(`${path} imports an entry`);
  }
  return Object.fromEntries(Object.entries(found).sort());
}

async function stale() {
  return (await readdir(STATIC)).filter((name) => PART.test(name) && !files.has(name));
}

async function compare() {
  const wrong = await stale();
  for (const [name, content] of files) {
    const there = await readFile(new URL(name, STATIC)).catch(() => undefined);
    if (!there?.equals(content)) wrong.push(name);
  }
  for (const name of wrong) console.error(`otc_desk/web/static/${name} is not what web/src builds: run \`make page\``);
  if (wrong.length > 0) process.exitCode = 1;
}

async function write() {
  for (const name of await stale()) await rm(new URL(name, STATIC));
  for (const [name, content] of files) await writeFile(new URL(name, STATIC), content);
}

function report() {
  const packed = new Map([...files].map(([name, content]) => [name, gzipSync(content, { level: 9 }).length]));
  const sum = (names) => [...names].reduce((total, name) => total + packed.get(name), 0);
  for (const [name, needed] of Object.entries(scripts)) {
    const all = name === "sandbox" ? needed : new Set([...needed, ...scripts["desk"]]);
    const size = sum(all);
    console.log(`${name.padEnd(16)} ${String(size).padStart(7)} bytes of script, gzipped, in ${all.size ?? all.length} files`);
    if (size > LIMIT) {
      console.error(`${name}: at most ${LIMIT} bytes of script, gzipped`);
      process.exitCode = 1;
    }
  }
  console.log(`${SAVED.padEnd(16)} ${String(packed.get(SAVED)).padStart(7)} bytes gzipped, ${files.get(SAVED).length} as it is saved`);
  console.log(`${"desk.css".padEnd(16)} ${String(packed.get("desk.css")).padStart(7)} bytes gzipped`);
}
