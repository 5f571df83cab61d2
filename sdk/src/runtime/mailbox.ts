import { Fifo } from "./fifo.js";
import type { Task } from "./task.js";

/**
 * The calls of one agent that have not begun.
 *
 * 1. Calls of one caller begin in the order in which they arrived; one whose input is not there yet keeps its place.
 * 2. A caller whose first call waits for its input holds up no other caller.
 * 3. Among calls that can begin, the one that could first goes first.
 */
export class Mailbox {
  private queues = new Map<number, Fifo<Task>>();
  private readonly ready = new Fifo<Task>();
  size = 0;

  /** A call that has to wait: for its input, or for others before it. */
  add(task: Task): void {
    this.size++;
    const queue = this.queues.get(task.caller);
    if (queue === undefined) {
      const first = new Fifo<Task>();
      first.push(task);
      this.queues.set(task.caller, first);
    } else {
      queue.push(task);
      if (queue.length > 1) return;
    }
    if (task.missing === 0) this.ready.push(task);
  }

  /** The inputs of a call in the mailbox are there. */
  becameReady(task: Task): void {
    if (this.queues.get(task.caller)?.peek() === task) this.ready.push(task);
  }

  /** One that waits, the first of its caller. */
  get first(): Task | undefined {
    for (const queue of this.queues.values()) if (queue.length > 0) return queue.peek();
    return undefined;
  }

  /** Whether a call can begin. */
  get hasReady(): boolean {
    return this.ready.length > 0;
  }

  /** The call that begins next; undefined when none can. */
  take(): Task | undefined {
    const task = this.ready.shift();
    if (task !== undefined) this.dequeue(task);
    return task;
  }

  /** A call that will not run: cancelled, or its input failed. */
  remove(task: Task): void {
    const queue = this.queues.get(task.caller);
    if (queue?.peek() === task) {
      this.ready.remove(task);
      this.dequeue(task);
    } else if (queue?.remove(task) === true) {
      this.size--;
    }
  }

  private dequeue(task: Task): void {
    this.size--;
    const queue = this.queues.get(task.caller);
    queue?.shift();
    const next = queue?.peek();
    // The queue of an only caller stays: it will be back.
    if (next !== undefined) {
      if (next.missing === 0) this.ready.push(next);
    } else if (this.queues.size > 1) {
      this.queues.delete(task.caller);
    }
  }

  /** The calls of this caller that stand before `task` and whose inputs are not there, the nearest first. */
  heldUpBefore(task: Task): Task[] {
    const queue = this.queues.get(task.caller)?.toArray() ?? [];
    const held: Task[] = [];
    for (let index = queue.indexOf(task) - 1; index >= 0; index--) {
      const earlier = queue[index] as Task;
      if (earlier.missing > 0) held.push(earlier);
    }
    return held;
  }

  /** Takes out all calls. */
  drain(): Task[] {
    const tasks = [...this.queues.values()].flatMap((queue) => queue.toArray());
    this.queues.clear();
    while (this.ready.shift() !== undefined);
    this.size = 0;
    return tasks;
  }
}
