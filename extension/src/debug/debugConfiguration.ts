import { basename } from "node:path";
import { scriptCommand } from "agentscope-distributed-daemon/protocol";
import { studioEnvironment } from "agentscope-distributed/studio";
import type { DebugConfiguration } from "vscode";
import type { OrchestrationScript } from "../commands/orchestrationScript.js";
import type { DaemonClient } from "../daemon/daemonClient.js";
import { isServerTarget, type RunTarget } from "../scripts/runTarget.js";

/**
 * How the editor's own JavaScript debugger runs a script: with the Node and the loader that a run of the daemon has, and with all child
 * processes in the same session. The script finds the daemon by itself, and is a run of it.
 *
 * @throws DaemonFailure when the script can't be run; the message says what would help.
 */
export async function debugConfiguration(
  client: Pick<DaemonClient, "request" | "discovery">,
  { script, cwd }: OrchestrationScript,
  target: RunTarget,
): Promise<DebugConfiguration> {
  const { command, nodeArgs, args } = await client.request(scriptCommand, { script, cwd });
  return {
    type: "node",
    request: "launch",
    name: basename(script),
    program: script,
    args,
    cwd,
    runtimeExecutable: command,
    runtimeArgs: nodeArgs,
    // In a terminal a UserAgent can ask.
    console: "integratedTerminal",
    autoAttachChildProcesses: true,
    skipFiles: ["<node_internals>/**", "**/node_modules/**"],
    // Modules are compiled as they are loaded: there are no files to look for breakpoints in.
    outFiles: [],
    pauseForSourceMap: true,
    env: environment(client, target),
  };
}

/** The daemon is named only where it has to say something: a script whose daemon is named puts agents where that says. */
function environment(client: Pick<DaemonClient, "discovery">, target: RunTarget): Record<string, string> {
  if (target === "written") return {};
  const { discovery } = client;
  const asksDaemon = target === "studio" || isServerTarget(target);
  return {
    AGENTSCOPE_TARGET: target,
    ...(asksDaemon &&
      discovery && { [studioEnvironment.url]: discovery.url, [studioEnvironment.token]: discovery.token }),
  };
}
