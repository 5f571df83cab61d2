import type { Task } from "./task.js";

/**
 * The calls whose results a host keeps for others: unfinished ones, and finished ones that their caller has not released.
 *
 * When it is full, the result that finished first is dropped; unfinished work is never dropped, and when there is nothing
 * else, new calls are refused.
 */
export class ResultPool {
  /** The finished ones in the order in which they ended, linked through the tasks themselves. */
  private first: Task | undefined;
  private last: Task | undefined;
  private count = 0;

  constructor(
    private readonly maxSize: number,
    private readonly maxAgeMs: number,
  ) {}

  get size(): number {
    return this.count;
  }

  /** Makes room for a call; false when there is none. */
  begin(): boolean {
    if (this.count >= this.maxSize) {
      if (this.first === undefined) return false;
      this.drop(this.first);
    }
    this.count++;
    return true;
  }

  /** A call has ended, and its result is kept until it is released or dropped. */
  end(task: Task): void {
    task.pooled = true;
    task.before = this.last;
    if (this.last === undefined) this.first = task;
    else this.last.after = task;
    this.last = task;
  }

  /** A call has ended and nobody will ask for its result, or a result is no longer needed. */
  release(task: Task): void {
    this.count--;
    if (task.pooled) this.unlink(task);
  }

  /** Drops results older than the limit. */
  dropOld(now: number): void {
    while (this.first !== undefined && now - this.first.since >= this.maxAgeMs) this.drop(this.first);
  }

  private drop(task: Task): void {
    this.release(task);
    task.sink.taskDropped?.(task);
  }

  private unlink(task: Task): void {
    if (task.before === undefined) this.first = task.after;
    else task.before.after = task.after;
    if (task.after === undefined) this.last = task.before;
    else task.after.before = task.before;
    task.before = undefined;
    task.after = undefined;
    task.pooled = false;
  }
}
