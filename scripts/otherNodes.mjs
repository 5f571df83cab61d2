import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npm } from "./prepare.mjs";

/** The major versions of Node that every change is tried on. */
export const supportedNodes = [20, 22, 24];

/**
 * The path of a Node binary of this major version: installed once, as an npm package, below .cache/.
 * @param {number} major
 */
export function otherNode(major) {
  const system = process.platform === "win32" ? "win" : process.platform;
  const name = `node-${system}-${process.arch}`;
  const folder = fileURLToPath(new URL(`../.cache/node/${major}`, import.meta.url));
  const binary = join(folder, "node_modules", name, "bin", system === "win" ? "node.exe" : "node");
  if (existsSync(binary)) return binary;
  const { command, args, shell } = npm([
    "install",
    "--ignore-scripts",
    "--no-save",
    "--prefix",
    folder,
    `${name}@${major}`,
  ]);
  const done = spawnSync(command, args, { encoding: "utf8", shell });
  if (done.status === 0 && existsSync(binary)) return binary;
  throw new Error(`Node ${major} could not be installed as ${name}@${major}:\n${done.stdout}${done.stderr}`);
}
