/** How long turns begin one after the other before the thread lets pass what has come meanwhile, in milliseconds. */
const sliceMs = 5;
/**
 * An agent that computes is taken for one until so many of its turns in a row were short. Few: a pause of the engine is none of its own,
 * and while it is taken for one each of its results leaves in a frame of its own.
 */
const shortTurns = 3;
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
  /** Who is called back: there was time just now. */
  private next: SliceWaiter | undefined = undefined;
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
      if (waiter !== this.next && (now >= this.endsAt || this.mustBeFirst(waiter))) {
        this.waiters.add(waiter);
        return false;
      }
    }
    this.next = undefined;
    this.last = waiter;
    this.lastSince = now;
    return true;
  }

  private mustBeFirst(waiter: SliceWaiter): boolean {
    return this.computing.size > 0 && this.computing.has(waiter);
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
    this.callBack();
  }

  /** In the order in which they came, while there is time: the others keep their places. There can be a million. */
  private callBack(): void {
    let left = this.waiters.size;
    for (const waiter of this.waiters) {
      if (left-- === 0) break;
      if (this.endsAt !== undefined) {
        if (performance.now() >= this.endsAt) break;
        if (this.mustBeFirst(waiter)) continue;
      }
      this.waiters.delete(waiter);
      this.next = waiter;
      waiter.goOn();
    }
    this.next = undefined;
  }
}
