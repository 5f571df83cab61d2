// A software bill of materials (CycloneDX 1.6, JSON) of what stands in a bundle. `npm sbom` says what was installed, which is more, and
// leaves out packages that are a development's and a product's dependency at once.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolders } from "./licenses.mjs";

/**
 * @typedef {{ type: "library", "bom-ref": string, name: string, version: string, purl: string, licenses: { expression: string }[] }} Component
 */

/**
 * The packages that stand in a bundle.
 * @param {string[]} inputs the files that it is made of.
 * @returns {Component[]}
 */
export function componentsOf(inputs) {
  return packageFolders(inputs).map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (typeof license !== "string") throw new Error(`${folder} names no licence.`);
    const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
    return { type: "library", "bom-ref": purl, name, version, purl, licenses: [{ expression: license }] };
  });
}

/**
 * What another bundle says of itself.
 * @param {string} path
 * @returns {Component[]}
 */
export function readComponents(path) {
  return JSON.parse(readFileSync(path, "utf8")).components;
}

/**
 * @param {string} product the folder of the package that is shipped.
 * @param {Component[]} components
 */
export function billOfMaterials(product, components) {
  const { name, version, license } = JSON.parse(readFileSync(join(product, "package.json"), "utf8"));
  const unique = [...new Map(components.map((component) => [component.purl, component])).values()];
  return JSON.stringify(
    {
      bomFormat: "CycloneDX",
      specVersion: "1.6",
      version: 1,
      metadata: {
        component: {
          type: "application",
          "bom-ref": name,
          ...{ name, version },
          licenses: [{ expression: license }],
        },
      },
      components: unique.sort((one, other) => one.purl.localeCompare(other.purl)),
    },
    null,
    1,
  );
}
