// Builds the page into otc_desk/web/static, where the desk serves it from; the result is committed, so that whoever
// installs the desk needs no Node.js. The same sources give the same bytes: `--check` fails where they differ.
import { build } from "esbuild";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const STATIC = new URL("../otc_desk/web/static/", import.meta.url);
const LIMIT = 60_000; // bytes of script, gzipped
const check = process.argv.includes("--check");

const made = await build({
  entryPoints: { "desk": "src/main.tsx", "sandbox": "src/sandbox/main.tsx" },
  absWorkingDir: new URL(".", import.meta.url).pathname,
  outdir: "out",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "eof",
  charset: "utf8",
  write: false,
});
await mkdir(STATIC, { recursive: true });
for (const file of made.outputFiles) {
  const name = file.path.split("/").at(-1);
  const target = new URL(name, STATIC);
  if (check) {
    const there = await readFile(target).catch(() => undefined);
    if (!there?.equals(file.contents)) {
      console.error(`otc_desk/web/static/${name} is not what web/src builds: run \`make page\``);
      process.exitCode = 1;
    }
  } else {
    await writeFile(target, file.contents);
  }
  const size = gzipSync(file.contents, { level: 9 }).length;
  console.log(`${name.padEnd(12)} ${String(size).padStart(7)} bytes gzipped`);
  if (name.endsWith(".js") && size > LIMIT) {
    console.error(`${name}: at most ${LIMIT} bytes gzipped`);
    process.exitCode = 1;
  }
}
