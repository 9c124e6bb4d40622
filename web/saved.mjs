// "If we vanish" as one file: script and style inside, each named by its hash in the file's own policy, and nothing that
// is fetched. Its licences stand in it, since it goes where no other file does.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { licences } from "./licences.mjs";

/** The file's text. `root` is the URL of `web/`. */
export async function savedPage(root) {
  const { outputFiles, metafile } = await build({
    entryPoints: { page: "src/saved/main.tsx" },
    absWorkingDir: root.pathname,
    outdir: "out",
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    charset: "utf8",
    write: false,
    metafile: true,
  });
  const [script, style] = [".js", ".css"].map((suffix) => outputFiles.find((each) => each.path.endsWith(suffix)).text.trim());
  if (/<\/(script|style)|<!--/i.test(script + style)) throw new Error("the saved page's script or style would end its own element");
  const values = { script, style, "script-hash": hashOf(script), "style-hash": hashOf(style), licences: (await licences(metafile, root)).replaceAll("-->", "-- >") };
  const shell = await readFile(new URL("src/saved/shell.html", root), "utf8");
  return shell.replace(/\{\{([\w-]+)\}\}/g, (_, name) => values[name]);
}

function hashOf(text) {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
