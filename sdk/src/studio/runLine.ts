import { patience } from "../link/debugged.js";
import type { CallBatch } from "./callBatch.js";
import { type EditorCallOptions, EditorModelCalls } from "./editorModelCalls.js";
import type { EditorModelEnd, EditorModelRequest } from "./editorModels.js";
import {
  type AgentChanges,
  type Allocation,
  type AllocationItem,
  allocate,
  askPerson,
  attachRun,
  callsHappened,
  type PersonQuestion,
  type RunAnnouncement,
  runAgentsChanged,
  runEnding,
} from "./protocol.js";
import type { StudioLine } from "./studioLine.js";

/** How a script ends, as far as it knows. */
export interface RunEnd {
  failed: boolean;
  error?: string;
}

/** How long a daemon may take to allocate: it may start servers for that. In milliseconds. */
const allocationMs = 60_000;

/** What a script says on a connection to a daemon, once it has announced itself. */
export class RunLine {
  private readonly editors: EditorModelCalls;

  private constructor(private readonly line: StudioLine) {
    this.editors = new EditorModelCalls(line);
  }

  /** @throws AgentScopeError what the daemon refuses the announcement with. */
  static async attach(line: StudioLine, announcement: RunAnnouncement): Promise<RunLine> {
    await line.request(attachRun, announcement);
    return new RunLine(line);
  }

  /** Whether nothing can be said on it any more. */
  get ended(): boolean {
    return this.line.ended.aborted;
  }

  tellAgents(changes: AgentChanges): Promise<void> {
    return this.line.notify(runAgentsChanged, changes);
  }

  tellCalls(batch: CallBatch): Promise<void> {
    return this.line.notify(callsHappened, batch);
  }

  allocate(items: AllocationItem[]): Promise<Allocation[]> {
    return this.line.request(allocate, { items }, { signal: AbortSignal.timeout(patience(allocationMs)) });
  }

  async ask(question: PersonQuestion, signal: AbortSignal): Promise<string> {
    return (await this.line.request(askPerson, question, { signal })).answer;
  }

  callEditor(request: EditorModelRequest, options: EditorCallOptions): Promise<EditorModelEnd> {
    return this.editors.callEditor(request, options);
  }

  ending(end: RunEnd, signal: AbortSignal): Promise<void> {
    return this.line.request(runEnding, end, { signal });
  }

  /** The process ends before anything else can be done. */
  lastWords(batches: readonly CallBatch[], end: RunEnd): void {
    for (const batch of batches) this.line.writeNow({ method: callsHappened.method, params: batch });
    this.line.writeNow({ method: runEnding.method, params: end, id: "end" });
  }
}
