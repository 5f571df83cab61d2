import { Fifo } from "./fifo.js";
import type { Task } from "./task.js";

/** Calls of several callers, or several of one. */
interface Queues {
  /** By caller. */
  all: Map<number, Fifo<Task>>;
  /** Those that can begin. */
  ready: Fifo<Task>;
}

/**
 * The calls of one agent that have not begun.
 *
 * 1. Calls of one caller begin in the order in which they arrived; one whose input is not there yet keeps its place.
 * 2. A caller whose first call waits for its input holds up no other caller.
 * 3. Among calls that can begin, the one that could first goes first.
 */
export class Mailbox {
  /** A call that waits alone needs no queue: a million agents may wait with one each. */
  private lone: Task | undefined = undefined;
  /** From the second call on. */
  private queues: Queues | undefined = undefined;
  size = 0;

  /** A call that has to wait: for its input, or for others before it. */
  add(task: Task): void {
    this.size++;
    if (this.queues === undefined) {
      if (this.lone === undefined) {
        this.lone = task;
        return;
      }
      this.queues = { all: new Map(), ready: new Fifo() };
      enqueue(this.queues, this.lone);
      this.lone = undefined;
    }
    enqueue(this.queues, task);
  }

  /** The inputs of a call in the mailbox are there. */
  becameReady(task: Task): void {
    if (this.queues?.all.get(task.caller)?.peek() === task) this.queues.ready.push(task);
  }

  /** One that waits, the first of its caller. */
  get first(): Task | undefined {
    for (const queue of this.queues?.all.values() ?? []) if (queue.length > 0) return queue.peek();
    return this.lone;
  }

  /** Whether a call can begin. */
  get hasReady(): boolean {
    return this.queues === undefined ? this.lone?.missing === 0 : this.queues.ready.length > 0;
  }

  /** The call that begins next; undefined when none can. */
  take(): Task | undefined {
    if (!this.hasReady) return undefined;
    const task = this.queues === undefined ? this.lone : this.queues.ready.shift();
    if (task !== undefined) this.dequeue(task);
    return task;
  }

  /** A call that will not run: cancelled, or its input failed. */
  remove(task: Task): void {
    const queue = this.queues?.all.get(task.caller);
    if (this.lone === task || queue?.peek() === task) {
      this.queues?.ready.remove(task);
      this.dequeue(task);
    } else if (queue?.remove(task) === true) {
      this.size--;
    }
  }

  private dequeue(task: Task): void {
    this.size--;
    this.lone = undefined;
    if (this.queues === undefined) return;
    const { all, ready } = this.queues;
    const queue = all.get(task.caller);
    queue?.shift();
    const next = queue?.peek();
    // The queue of an only caller stays: it will be back.
    if (next !== undefined) {
      if (next.missing === 0) ready.push(next);
    } else if (all.size > 1) {
      all.delete(task.caller);
    }
  }

  /** The calls of this caller that stand before `task` and whose inputs are not there, the nearest first. */
  heldUpBefore(task: Task): Task[] {
    const queue = this.queues?.all.get(task.caller)?.toArray() ?? [];
    const held: Task[] = [];
    for (let index = queue.indexOf(task) - 1; index >= 0; index--) {
      const earlier = queue[index] as Task;
      if (earlier.missing > 0) held.push(earlier);
    }
    return held;
  }

  /** Takes out all calls. */
  drain(): Task[] {
    const { lone, queues } = this;
    this.lone = undefined;
    this.queues = undefined;
    this.size = 0;
    if (queues === undefined) return lone === undefined ? [] : [lone];
    return [...queues.all.values()].flatMap((queue) => queue.toArray());
  }
}

function enqueue({ all, ready }: Queues, task: Task): void {
  const queue = all.get(task.caller);
  if (queue === undefined) {
    const first = new Fifo<Task>();
    first.push(task);
    all.set(task.caller, first);
  } else {
    queue.push(task);
    if (queue.length > 1) return;
  }
  if (task.missing === 0) ready.push(task);
}
