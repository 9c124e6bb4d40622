// Runs test/*.test.ts: bundled first, since Node.js reads no TypeScript, then by Node's own runner. Arguments that
// are no flag choose files by a part of their name: `npm test -- money`.
import { build } from "esbuild";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const wanted = process.argv.slice(2).filter((each) => !each.startsWith("--"));
const files = (await readdir(join(HERE, "test")))
  .filter((name) => name.endsWith(".test.ts") && (wanted.length === 0 || wanted.some((part) => name.includes(part))))
  .sort();
// Inside node_modules: what a test leaves outside of the bundle is found from there.
const folder = await mkdtemp(join(HERE, "node_modules", ".tests-"));
try {
  await build({
    entryPoints: files.map((name) => join(HERE, "test", name)),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    jsx: "automatic",
    jsxImportSource: "preact",
    define: { "process.env.PAGE_ROOT": JSON.stringify(HERE) },
    sourcemap: "inline",
    logLevel: "warning",
  });
  const made = files.map((name) => join(folder, name.replace(/\.ts$/, ".mjs")));
  const ran = spawnSync(process.execPath, ["--enable-source-maps", "--test", "--test-reporter=dot", ...made], {
    stdio: "inherit",
  });
  process.exitCode = ran.status ?? 1;
} finally {
  await rm(folder, { recursive: true });
}
