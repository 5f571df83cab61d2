import type { RunRow } from "agentscope-distributed-daemon/protocol";
import { type Disposable, type OutputChannel, window } from "vscode";
import type { DaemonClient } from "../daemon/daemonClient.js";
import { followOutput } from "../daemon/followOutput.js";
import { runName } from "./words.js";

interface Shown {
  channel: OutputChannel;
  stop: () => void;
}

/** What runs write, in output channels that follow them; as many as a person looks back at. */
export class RunOutputs implements Disposable {
  private readonly all = new Map<string, Shown>();

  constructor(
    private readonly client: DaemonClient,
    private readonly most = 5,
  ) {}

  show(run: RunRow): void {
    const shown = this.all.get(run.runId) ?? this.open(run);
    shown.channel.show(true);
  }

  dispose(): void {
    for (const runId of [...this.all.keys()]) this.close(runId);
  }

  private open(run: RunRow): Shown {
    const [oldest] = this.all.keys();
    if (oldest !== undefined && this.all.size >= this.most) this.close(oldest);
    const channel = window.createOutputChannel(`AgentScope: ${runName(run)}`);
    const stop = followOutput(this.client, run.runId, {
      write: (text) => channel.append(text),
      ended: (_run, why) => channel.appendLine(why),
    });
    const shown = { channel, stop };
    this.all.set(run.runId, shown);
    return shown;
  }

  private close(runId: string): void {
    const shown = this.all.get(runId);
    this.all.delete(runId);
    shown?.stop();
    shown?.channel.dispose();
  }
}
