// Types of the desk's answers, src/api/schema.d.ts, from docs/openapi.json; committed, so that an editor knows them at
// once. `--check` fails where they are stale.
import { readFile, writeFile } from "node:fs/promises";
import openapi, { astToString } from "openapi-typescript";

const SOURCE = new URL("../docs/openapi.json", import.meta.url);
const TARGET = new URL("src/api/schema.d.ts", import.meta.url);

const text = `// Made from docs/openapi.json by \`npm run schema\`.\n${astToString(await openapi(SOURCE, { alphabetize: true }))}`;
if (process.argv.includes("--check")) {
  const there = await readFile(TARGET, "utf8").catch(() => "");
  if (there !== text) {
    console.error("web/src/api/schema.d.ts is not what docs/openapi.json says: run `make page`");
    process.exitCode = 1;
  }
} else {
  await writeFile(TARGET, text);
}
