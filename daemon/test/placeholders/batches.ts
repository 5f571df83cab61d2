import type { CallBatch, CallEnd, CallEvent, CalledAgent } from "agentscope-distributed/studio";

/** A process's instance: as long as those of real ones. */
export function instance(name: string): string {
  return name.padEnd(36, "-");
}

/** Writes batches as a script and servers do. */
export class BatchWriter {
  private readonly callers: string[] = [];
  private readonly agents: CalledAgent[] = [];
  private readonly events: CallEvent[] = [];
  untold = 0;

  /** @param caller its instance and thread */
  constructor(
    private readonly caller: string,
    public atMs = Date.now(),
  ) {}

  id(seq: number): string {
    return `${this.caller}/${seq}`;
  }

  made(seq: number, agent: CalledAgent, more: { inputs?: string[]; turnOf?: string; at?: string } = {}): this {
    const { inputs = [], ...origin } = more;
    return this.event(["made", this.callerIndex(), seq, this.atMs, this.agentIndex(agent), "reply", inputs, origin]);
  }

  arrived(seq: number, agent: CalledAgent): this {
    return this.event(["arrived", this.callerIndex(), seq, this.atMs, this.agentIndex(agent), "reply"]);
  }

  begun(seq: number): this {
    return this.event(["begun", this.callerIndex(), seq, this.atMs]);
  }

  ended(seq: number, end: CallEnd = { outcome: "ready" }): this {
    return this.event(["ended", this.callerIndex(), seq, this.atMs, end]);
  }

  batch(): CallBatch {
    const { callers, agents, untold } = this;
    const events = this.events.splice(0);
    // What a connection does with it.
    return JSON.parse(JSON.stringify({ callers, agents, events, untold })) as CallBatch;
  }

  private event(event: CallEvent): this {
    this.events.push(event);
    return this;
  }

  private callerIndex(): number {
    if (this.callers.length === 0) this.callers.push(this.caller);
    return 0;
  }

  private agentIndex(agent: CalledAgent): number {
    const index = this.agents.indexOf(agent);
    return index >= 0 ? index : this.agents.push(agent) - 1;
  }
}

export function agentNamed(name: string, server = "127.0.0.1:12001"): CalledAgent {
  return { agentId: `id of ${name}`, name, className: "Writer", server };
}
