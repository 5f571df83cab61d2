import { fileURLToPath } from "node:url";
import { StartedProcess, type StartOptions } from "./startedProcess.js";

/** Starts one of the compiled programs in test/fixtures/scripts, as a person does. */
export function startScript(name: string, options?: StartOptions): StartedProcess {
  return new StartedProcess(scriptPath(name), options);
}

export function scriptPath(name: string): string {
  return fileURLToPath(new URL(`../fixtures/scripts/${name}.js`, import.meta.url));
}
