import { basename } from "node:path";
import { type RunRow, startRun, stopRun } from "agentscope-distributed-daemon/protocol";
import { commands, Uri, window } from "vscode";
import { type CommandId, commandId } from "../contributions.js";
import type { DaemonClient } from "../daemon/daemonClient.js";
import type { DaemonState } from "../daemon/daemonState.js";
import type { RunTarget } from "../scripts/runTarget.js";
import type { TargetSwitch } from "../scripts/targetSwitch.js";
import type { RunOutputs } from "../views/runOutputs.js";
import { showRunTerminal } from "../views/runTerminal.js";
import type { RunNode } from "../views/runTree.js";
import { runName } from "../views/words.js";
import { type Command, CommandError } from "./command.js";
import { orchestrationScript } from "./orchestrationScript.js";
import { checkPackages, withInstallStep } from "./packagesStep.js";
import { pickRun } from "./pick.js";
import { withProgress } from "./progress.js";

export interface RunCommandParts {
  client: DaemonClient;
  state: DaemonState;
  outputs: RunOutputs;
  targets: TargetSwitch;
}

const startTimeoutMs = 30_000;
const stopTimeoutMs = 30_000;

export function runCommands({ client, state, outputs, targets }: RunCommandParts): Partial<Record<CommandId, Command>> {
  async function chosen(node: RunNode | undefined, title: string, fits: (run: RunRow) => boolean): Promise<RunRow> {
    const run = node && state.runs.get(node.runId);
    if (node && !run) throw new CommandError("This run is not known any more.");
    return run ?? pickRun([...state.runs.values()].filter(fits), title);
  }

  async function start(uri: Uri | undefined, target: RunTarget): Promise<void> {
    const { script, cwd } = await orchestrationScript(uri);
    checkPackages(script);
    const request = { script, cwd, env: { FORCE_COLOR: "1" }, ...(target !== "written" && { target }) };
    const row = await withProgress(`Starting ${basename(script)}`, (signal) =>
      client.request(startRun, request, { timeoutMs: startTimeoutMs, signal }).catch((error: unknown) => {
        throw withInstallStep(error, script);
      }),
    );
    showRunTerminal(client, row, {
      stop: () => {
        // It may have ended in this moment; its row says how.
        void client.request(stopRun, { runId: row.runId }, { timeoutMs: stopTimeoutMs }).catch(() => {});
      },
      ended: (end) => void tellFailure(end),
    });
  }

  async function tellFailure(run: RunRow): Promise<void> {
    if (run.state !== "failed" && run.state !== "lost") return;
    const show = "Show Output";
    const debug = "Debug";
    const why = run.error ?? (run.exitCode === undefined ? "how it ended is not known" : `exit code ${run.exitCode}`);
    const answer = await window.showErrorMessage(`${runName(run)} has failed: ${why}`, show, debug);
    if (answer === show) outputs.show(run);
    else if (answer === debug) await commands.executeCommand(commandId.debugScript, Uri.file(run.script));
  }

  return {
    [commandId.runScript]: (uri?: Uri) => start(uri, targets.check()),

    [commandId.runScriptDistributed]: (uri?: Uri) => start(uri, "studio"),

    async [commandId.stopRun](node?: RunNode) {
      const run = await chosen(node, "Stop Run", ({ state: now }) => now === "running");
      await withProgress(`Stopping ${runName(run)}`, (signal) =>
        client.request(stopRun, { runId: run.runId }, { timeoutMs: stopTimeoutMs, signal }),
      );
    },

    async [commandId.showRunOutput](node?: RunNode) {
      const run = await chosen(node, "Show Output of Run", ({ hasOutput }) => hasOutput);
      outputs.show(run);
    },
  };
}
