import type { Task } from "./task.js";
import { TaskList } from "./taskList.js";

/**
 * The calls whose results a host keeps for others: unfinished ones, and finished ones that their caller has not released.
 *
 * When it is full, the result that finished first is dropped; unfinished work is never dropped, and when there is nothing
 * else, new calls are refused.
 */
export class ResultPool {
  /** The finished ones in the order in which they ended. */
  private readonly finished = new TaskList();
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
      const oldest = this.finished.first;
      if (oldest === undefined) return false;
      this.drop(oldest);
    }
    this.count++;
    return true;
  }

  /** A call has ended, and its result is kept until it is released or dropped. */
  end(task: Task): void {
    task.pooled = true;
    this.finished.add(task);
  }

  /** A call has ended and nobody will ask for its result, or a result is no longer needed. */
  release(task: Task): void {
    this.count--;
    if (!task.pooled) return;
    task.pooled = false;
    this.finished.remove(task);
  }

  /** Drops results older than the limit. */
  dropOld(now: number): void {
    for (let oldest = this.finished.first; oldest !== undefined; oldest = this.finished.first) {
      if (now - oldest.since < this.maxAgeMs) return;
      this.drop(oldest);
    }
  }

  private drop(task: Task): void {
    this.release(task);
    task.sink.taskDropped?.(task);
  }
}
