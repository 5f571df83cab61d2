import type { AgentBrief, AgentChanges } from "agentscope-distributed/studio";
import type { MessageConnection } from "vscode-jsonrpc";
import type { RunRow, RunState } from "../protocol/index.js";
import type { ProcessIdentity } from "../processes/processIdentity.js";
import type { ProcessWatch } from "../processes/processWatch.js";
import type { StoredRun } from "../store/runTable.js";
import type { KeptProcess } from "./keptProcess.js";

/** What a script said of its end before it ended. */
export interface ToldEnd {
  failed: boolean;
  error?: string;
}

/** Of a run that has ended so many agents of its own process are remembered: runs are kept for weeks. */
const mostOfEnded = 500;

/**
 * A run, as far as the daemon knows it.
 *
 * It ends once, by `Runs`; until then at least one of `kept`, `connection`, `watch` and `patience` tells of its end.
 */
export class Run implements Disposable {
  /** The process that the daemon started, and its output. */
  kept: KeptProcess | undefined;
  /** The script's own, while it is attached. */
  connection: MessageConnection | undefined;
  /** Of a script on this machine that somebody else started, while it is not attached. */
  watch: ProcessWatch | undefined;
  /** Until a script elsewhere, which is not attached, is given up. */
  patience: NodeJS.Timeout | undefined;
  toldEnd: ToldEnd | undefined;
  isStopping = false;
  /** Calls that were told to an earlier daemon. */
  toldBefore: Pick<RunRow, "calls" | "failedCalls" | "untoldCalls"> = { calls: 0, failedCalls: 0, untoldCalls: 0 };
  /** The most of its agents that lived on servers at a time. */
  mostOnServers = 0;
  /** How much of its output was told of. */
  outputTold = 0;
  /** Agents that live in the script's own process. */
  private readonly ownAgents = new Map<string, AgentBrief>();

  constructor(readonly stored: StoredRun) {}

  get row(): RunRow {
    return this.stored.row;
  }

  get isGoing(): boolean {
    return this.row.state === "running";
  }

  get process(): ProcessIdentity | undefined {
    const { row, processMark, isLocal } = this.stored;
    return row.pid === undefined || !isLocal ? undefined : { pid: row.pid, startedAt: processMark ?? "" };
  }

  get agents(): AgentBrief[] {
    return [...this.ownAgents.values()];
  }

  changeAgents({ all, made, deleted }: AgentChanges): void {
    if (all === true) this.ownAgents.clear();
    for (const agentId of deleted) this.ownAgents.delete(agentId);
    for (const agent of made) this.ownAgents.set(agent[0], agent);
  }

  end(
    state: Exclude<RunState, "running">,
    { atMs, ...more }: { atMs: number; exitCode?: number; error?: string },
  ): void {
    Object.assign(this.row, { state, endedAtMs: atMs, ...more });
    for (const agentId of [...this.ownAgents.keys()].slice(mostOfEnded)) this.ownAgents.delete(agentId);
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.kept?.[Symbol.dispose]();
    this.watch?.[Symbol.dispose]();
    clearTimeout(this.patience);
    this.kept = this.watch = this.patience = undefined;
  }
}
