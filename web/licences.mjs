// The licences of what is built into the page: their authors ask that the text goes along with the code.
import { readFile, readdir } from "node:fs/promises";

/** One text for every npm package that a build's files hold code of. `root` is the URL of `web/`. */
export async function licences(metafile, root) {
  const inside = Object.values(metafile.outputs).flatMap((each) => Object.entries(each.inputs));
  const used = inside.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  const names = new Set(used.map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean));
  const texts = await Promise.all([...names].sort().map((name) => licenceOf(name, root)));
  return `The desk's page is Apache-2.0, as this project is. It holds code of these packages.\n\n${texts.join("\n\n")}`;
}

async function licenceOf(name, root) {
  const folder = new URL(`node_modules/${name}/`, root);
  const { version, license } = JSON.parse(await readFile(new URL("package.json", folder), "utf8"));
  const file = (await readdir(folder)).find((each) => /^licen[cs]e(\.|$)/i.test(each));
  if (!file) throw new Error(`${name} comes without its licence`);
  const text = (await readFile(new URL(file, folder), "utf8")).replace(/\r\n/g, "\n").trim();
  return `${"=".repeat(20)} ${name} ${version} (${license})\n\n${text}`;
}
