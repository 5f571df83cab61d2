import { dirname } from "node:path";
import { innerCommandId } from "../contributions.js";
import { DaemonFailure } from "../daemon/daemonFailure.js";
import { missingPackages } from "../scripts/missingPackages.js";
import { CommandError } from "./command.js";

/** @throws CommandError when the script's packages are not installed; it offers to install them. */
export function checkPackages(script: string): void {
  const missing = missingPackages(script);
  if (missing === undefined) return;
  const { isDeclared, folder, command } = missing;
  const what = isDeclared
    ? `The packages of ${folder} are not installed`
    : "agentscope-distributed is not installed for this script";
  throw new CommandError(`${what}: ${command}`, [installStep(folder, command)]);
}

/** What the daemon refuses with the advice to install something gets a button that does so. */
export function withInstallStep(error: unknown, script: string): unknown {
  if (!(error instanceof DaemonFailure) || error.code !== "refused") return error;
  const [, advice] = /: (npm install [\w@/. -]+)$/.exec(error.message) ?? [];
  return advice === undefined ? error : new CommandError(error.message, [installStep(dirname(script), advice)]);
}

function installStep(folder: string, command: string) {
  return { title: command, command: innerCommandId.typeInTerminal, args: [folder, command] };
}
