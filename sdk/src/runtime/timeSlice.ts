/** How long turns begin one after the other before the thread lets pass what has come meanwhile, in milliseconds. */
const sliceMs = 5;
/** An agent that computes is taken for one until so many of its turns in a row were short: a pause of the engine is none of its own. */
const shortTurns = 100;
const maxComputing = 1024;

/** Who has calls that could begin. */
export interface SliceWaiter {
  goOn(): void;
}

/**
 * The time in which agents of one thread begin their turns in one turn of the event loop. When it is used up, the results so far
 * leave, and what has come is received, before the next turn begins: agents that compute work beside those who wait for their
 * results, and the thread tells that it lives. An agent whose turns are long begins each of them first in a slice.
 */
export class TimeSlice {
  private endsAt: number | undefined = undefined;
  /** Whose turn began last, and when. */
  private last: SliceWaiter | undefined = undefined;
  private lastSince = 0;
  private readonly waiters = new Set<SliceWaiter>();
  /** Agents with long turns, and how many short ones they had since. */
  private readonly computing = new Map<SliceWaiter, number>();

  /** Whether a turn can begin now; if not, the waiter is called back later. */
  hasTime(waiter: SliceWaiter): boolean {
    const now = performance.now();
    if (this.endsAt === undefined) {
      this.endsAt = now + sliceMs;
      setImmediate(() => this.end());
    } else {
      this.measure(now);
      if (now >= this.endsAt || (this.computing.size > 0 && this.computing.has(waiter))) {
        this.waiters.add(waiter);
        return false;
      }
    }
    this.last = waiter;
    this.lastSince = now;
    return true;
  }

  /** How long the last turn took, up to its first `await`. */
  private measure(now: number): void {
    const { last } = this;
    if (last === undefined) return;
    this.last = undefined;
    if (now - this.lastSince >= sliceMs) {
      if (this.computing.size < maxComputing) this.computing.set(last, 0);
    } else if (this.computing.size > 0) {
      const short = this.computing.get(last);
      if (short === undefined) return;
      if (short < shortTurns) this.computing.set(last, short + 1);
      else this.computing.delete(last);
    }
  }

  private end(): void {
    this.measure(performance.now());
    this.endsAt = undefined;
    if (this.waiters.size === 0) return;
    const waiters = [...this.waiters];
    this.waiters.clear();
    for (const waiter of waiters) waiter.goOn();
  }
}
