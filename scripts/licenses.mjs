import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The folders of the packages that files belong to.
 * @param {string[]} files
 */
export function packageFolders(files) {
  const folders = new Set(files.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []));
  return [...folders].sort();
}

/**
 * The licenses of the packages that stand in a bundle.
 * @param {string[]} inputs the files that it is made of.
 */
export function licensesOf(inputs) {
  return packageFolders(inputs)
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      return `${name} ${version} (${license})\n\n${file === undefined ? "" : readFileSync(join(folder, file), "utf8")}`;
    })
    .join("\n\n");
}
