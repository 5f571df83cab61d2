import type {
  QuestionRow,
  ResourceSample,
  RunRow,
  ServerRow,
  StreamEvent,
} from "agentscope-distributed-daemon/protocol";
import { Listeners } from "./listeners.js";

/** What an event changed; `all`: look at everything again. */
export interface StateChange {
  all: boolean;
  servers: string[];
  /** Servers that came or went. */
  serverList: boolean;
  runs: string[];
  runList: boolean;
  questions: boolean;
}

const nothing: StateChange = {
  all: false,
  servers: [],
  serverList: false,
  runs: [],
  runList: false,
  questions: false,
};

/** What the daemon last told of servers, runs and questions. */
export class DaemonState {
  readonly changed = new Listeners<StateChange>();
  readonly servers = new Map<string, ServerRow>();
  readonly runs = new Map<string, RunRow>();
  questions: readonly QuestionRow[] = [];
  /** Whether anything was told yet: before, nothing is known to be empty. */
  isKnown = false;

  take(event: StreamEvent): void {
    if (event.kind === "tree") this.takeTree(event);
    else if (event.kind === "resources") this.takeSamples(event.series);
  }

  private takeTree(event: Extract<StreamEvent, { kind: "tree" }>): void {
    if (event.snapshot) {
      this.servers.clear();
      this.runs.clear();
      this.isKnown = true;
    }
    const servers = update(this.servers, event.servers, { idOf: (row) => row.serverId, gone: event.goneServers });
    const runs = update(this.runs, event.runs, { idOf: (row) => row.runId, gone: event.goneRuns });
    const questions = !sameQuestions(this.questions, event.questions);
    this.questions = event.questions;
    this.changed.tell({
      all: event.snapshot,
      servers: event.servers.map((row) => row.serverId),
      serverList: servers,
      runs: event.runs.map((row) => row.runId),
      runList: runs,
      questions,
    });
  }

  private takeSamples(series: Record<string, ResourceSample[]>): void {
    const sampled: string[] = [];
    for (const [serverId, samples] of Object.entries(series)) {
      const row = this.servers.get(serverId);
      const resources = samples.at(-1);
      if (!row || !resources) continue;
      this.servers.set(serverId, { ...row, resources });
      sampled.push(serverId);
    }
    if (sampled.length > 0) this.changed.tell({ ...nothing, servers: sampled });
  }

  /** The daemon is gone: what was told may not be true any more. */
  forget(): void {
    if (!this.isKnown) return;
    this.isKnown = false;
    this.servers.clear();
    this.runs.clear();
    this.questions = [];
    this.changed.tell({ ...nothing, all: true, serverList: true, runList: true, questions: true });
  }
}

/** Whether rows came or went. */
function update<Row>(
  rows: Map<string, Row>,
  changed: readonly Row[],
  { idOf, gone }: { idOf: (row: Row) => string; gone: readonly string[] },
): boolean {
  let listChanged = false;
  for (const id of gone) listChanged = rows.delete(id) || listChanged;
  for (const row of changed) {
    listChanged ||= !rows.has(idOf(row));
    rows.set(idOf(row), row);
  }
  return listChanged;
}

function sameQuestions(a: readonly QuestionRow[], b: readonly QuestionRow[]): boolean {
  return a.length === b.length && a.every((one, index) => one.questionId === b[index]?.questionId);
}
