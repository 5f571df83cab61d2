import { type RunRow, stopRun } from "agentscope-distributed-daemon/protocol";
import { type CommandId, commandId } from "../contributions.js";
import type { DaemonClient } from "../daemon/daemonClient.js";
import type { DaemonState } from "../daemon/daemonState.js";
import type { RunOutputs } from "../views/runOutputs.js";
import type { RunNode } from "../views/runTree.js";
import { runName } from "../views/words.js";
import { type Command, CommandError } from "./command.js";
import { pickRun } from "./pick.js";
import { withProgress } from "./progress.js";

export interface RunCommandParts {
  client: DaemonClient;
  state: DaemonState;
  outputs: RunOutputs;
}

const stopTimeoutMs = 30_000;

export function runCommands({ client, state, outputs }: RunCommandParts): Partial<Record<CommandId, Command>> {
  async function chosen(node: RunNode | undefined, title: string, fits: (run: RunRow) => boolean): Promise<RunRow> {
    const run = node && state.runs.get(node.runId);
    if (node && !run) throw new CommandError("This run is not known any more.");
    return run ?? pickRun([...state.runs.values()].filter(fits), title);
  }

  return {
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
