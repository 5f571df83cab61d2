import type { Task } from "./task.js";

/**
 * The calls whose results a host keeps for others: unfinished ones, and finished ones that their caller has not released.
 *
 * When it is full, the result that finished first is dropped; unfinished work is never dropped, and when there is nothing
 * else, new calls are refused.
 */
export class ResultPool {
  /** In the order in which they ended. */
  private readonly finished = new Map<Task, (task: Task) => void>();
  private unfinished = 0;

  constructor(
    private readonly maxSize: number,
    private readonly maxAgeMs: number,
  ) {}

  get size(): number {
    return this.unfinished + this.finished.size;
  }

  /** Makes room for a call; false when there is none. */
  begin(): boolean {
    if (this.size >= this.maxSize) {
      const [oldest] = this.finished;
      if (oldest === undefined) return false;
      this.drop(...oldest);
    }
    this.unfinished++;
    return true;
  }

  /** A call has ended and its result is kept; `dropped` is told when it is pushed out. */
  end(task: Task, dropped: (task: Task) => void): void {
    this.unfinished--;
    this.finished.set(task, dropped);
  }

  /** A call has ended and nobody will ask for its result, or a result is no longer needed. */
  release(task: Task): void {
    if (!this.finished.delete(task)) this.unfinished--;
  }

  /** Drops results older than the limit. */
  dropOld(now: number): void {
    for (const [task, dropped] of this.finished) {
      if (now - task.since < this.maxAgeMs) return;
      this.drop(task, dropped);
    }
  }

  private drop(task: Task, dropped: (task: Task) => void): void {
    this.finished.delete(task);
    dropped(task);
  }
}
