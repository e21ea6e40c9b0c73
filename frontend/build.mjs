// Build what the browser gets into server/static/: the editor, the map of the world, and the licences of both.
// `node build.mjs [FOLDER]` writes into another folder, so that a test can compare.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { world } from "./world.mjs";

const here = import.meta.dirname;
const folder = path.resolve(process.argv[2] ?? path.join(here, "../server/static"));
const ours = /^(editor|search|world)-[0-9a-f]{10}\.(js|svg)$/;

// Keep a file under a name that changes with what it holds, so that browsers may keep it for ever.
async function keep(name, content, made) {
  const mark = createHash("sha256").update(content).digest("hex").slice(0, 10);
  const { name: stem, ext } = path.parse(name);
  made[name] = `${stem}-${mark}${ext}`;
  await writeFile(path.join(folder, made[name]), content);
}

// Write the licences of the packages from which a file was made.
async function licences(name, packages) {
  const parts = [];
  for (const each of [...packages].sort()) {
    const root = path.join(here, "node_modules", each);
    const about = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
    const file = (await readdir(root)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? await readFile(path.join(root, file), "utf8") : `Licence: ${about.license}\n`;
    parts.push(`${each} ${about.version} (${about.license})\n\n${text.trim()}\n`);
  }
  await writeFile(path.join(folder, "licences", name), parts.join(`\n${"-".repeat(80)}\n\n`));
}

await mkdir(path.join(folder, "licences"), { recursive: true });
for (const old of await readdir(folder)) if (ours.test(old)) await rm(path.join(folder, old));

const made = {};
const settings = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  write: false,
};
for (const name of ["search.js", "editor.js"]) {
  const bundle = await build({ ...settings, entryPoints: [path.join(here, "src", name)] });
  await keep(name, bundle.outputFiles[0].contents, made);
  const inside = Object.keys(bundle.metafile.inputs).map((input) => input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]);
  const packages = new Set(inside.filter(Boolean));
  if (packages.size) await licences(name.replace(".js", ".txt"), packages);
}

const { svg, places } = await world();
await keep("world.svg", svg, made);
await writeFile(path.join(folder, "world.json"), JSON.stringify(places));
await licences("world.txt", new Set(["world-atlas"]));
await writeFile(path.join(folder, "built.json"), `${JSON.stringify(made, null, 1)}\n`);
