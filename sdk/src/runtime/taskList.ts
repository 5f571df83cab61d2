import type { Task } from "./task.js";

/**
 * Calls in the order in which they were added, linked through the calls themselves: those that run, or those that have ended and are
 * kept. A call stands in one such list at a time.
 */
export class TaskList {
  first: Task | undefined = undefined;
  private last: Task | undefined = undefined;

  add(task: Task): void {
    task.before = this.last;
    if (this.last === undefined) this.first = task;
    else this.last.after = task;
    this.last = task;
  }

  /** Takes out a call that is in this list. */
  remove(task: Task): void {
    if (task.before === undefined) this.first = task.after;
    else task.before.after = task.after;
    if (task.after === undefined) this.last = task.before;
    else task.after.before = task.before;
    task.before = undefined;
    task.after = undefined;
  }

  /** All of them as they are now, whatever becomes of the list meanwhile. */
  toArray(): Task[] {
    const tasks: Task[] = [];
    for (let task = this.first; task !== undefined; task = task.after) tasks.push(task);
    return tasks;
  }
}
