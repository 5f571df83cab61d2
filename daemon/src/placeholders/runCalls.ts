import type { Call } from "./call.js";

/** How many calls of a run there are: of all that were told of, and of those that were only counted. */
export interface CallCounts {
  calls: number;
  failedCalls: number;
  openCalls: number;
  untoldCalls: number;
}

/** The calls of a run: the newest, up to a limit; of older ones, those that have ended go first. */
export class RunCalls {
  readonly counts: CallCounts = { calls: 0, failedCalls: 0, openCalls: 0, untoldCalls: 0 };
  /** How many are counted and not kept. */
  dropped = 0;
  private readonly calls = new Map<string, Call>();
  /** In the order in which they ended. */
  private readonly ended = new Set<Call>();

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.calls.size;
  }

  /** Adds one; gives what was dropped for it. */
  add(call: Call): Call | undefined {
    this.calls.set(call.id, call);
    this.counts.calls += 1;
    if (call.end === undefined) this.counts.openCalls += 1;
    else this.count(call);
    return this.calls.size > this.limit ? this.dropOldest() : undefined;
  }

  /** One that was open has ended. */
  end(call: Call): void {
    this.counts.openCalls -= 1;
    this.count(call);
  }

  /** One that had ended has another end. */
  endOtherwise(call: Call, hadFailed: boolean): void {
    if (hadFailed) this.counts.failedCalls -= 1;
    if (hasFailed(call)) this.counts.failedCalls += 1;
  }

  get(id: string): Call | undefined {
    return this.calls.get(id);
  }

  newestFirst(): Call[] {
    return [...this.calls.values()].reverse();
  }

  dropOldest(): Call | undefined {
    const [oldest] = this.ended.size > 0 ? this.ended : this.calls.values();
    if (oldest === undefined) return undefined;
    this.ended.delete(oldest);
    this.calls.delete(oldest.id);
    // Its end will not be noticed.
    if (oldest.end === undefined) this.counts.openCalls -= 1;
    this.dropped += 1;
    return oldest;
  }

  private count(call: Call): void {
    this.ended.add(call);
    if (hasFailed(call)) this.counts.failedCalls += 1;
  }
}

/** What the daemon only concludes is not counted: with its run a call ends that nobody waited for. */
export function hasFailed(call: Call): boolean {
  return call.end !== undefined && call.end.outcome !== "ready" && !call.isGuessed;
}
