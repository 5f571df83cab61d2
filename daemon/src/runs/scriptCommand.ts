import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { StudioError } from "../errors.js";
import { nodeProgram } from "../processes/nodeProgram.js";
import type { ScriptCommand, StartRun } from "../protocol/index.js";

/**
 * How a script is started: by Node, and TypeScript with the loader of the workspace.
 *
 * @throws StudioError when it can't be; the message says what would help.
 */
export function scriptCommand({ script, args = [], cwd, nodeArgs = [] }: StartRun): ScriptCommand {
  // A daemon has no folder that a person would mean.
  const folder = resolve(cwd ?? dirname(resolve(script)));
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw StudioError.refused(`there is no folder ${folder} to run in`);
  }
  const path = resolve(folder, script);
  if (!existsSync(path) || !statSync(path).isFile()) throw StudioError.refused(`there is no script ${path}`);
  const command = nodeProgram();
  return {
    script: path,
    cwd: folder,
    command,
    nodeArgs: [...nodeArgs, ...loaderOf(path, folder, command)],
    args,
  };
}

function loaderOf(script: string, folder: string, node: string): string[] {
  if (!/\.[cm]?tsx?$/.test(script)) return [];
  for (const from of [dirname(script), folder]) {
    try {
      const loader = createRequire(resolve(from, "any.js")).resolve("tsx");
      return ["--import", pathToFileURL(loader).href];
    } catch {
      // Not there; perhaps in the other folder.
    }
  }
  // Node's own leaves out types alone: decorators and enums need a loader.
  const isOwn = node === process.execPath;
  if (isOwn && "typescript" in process.features && process.features.typescript !== false) return [];
  throw StudioError.refused(
    `${script} is TypeScript, and neither its folder nor ${folder} has tsx to run it: npm install --save-dev tsx`,
  );
}
