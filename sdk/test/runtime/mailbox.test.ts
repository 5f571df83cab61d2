import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Mailbox } from "../../src/runtime/mailbox.js";
import type { Task } from "../../src/runtime/task.js";
import { stubTask } from "./stubTask.js";

/** What a mailbox should do, in the plainest way: a list of all calls, and when each could begin first. */
class Model {
  private readonly calls: { task: Task; couldBeginAt: number | undefined }[] = [];
  private clock = 0;

  add(task: Task): void {
    this.calls.push({ task, couldBeginAt: undefined });
    this.look();
  }

  remove(task: Task): void {
    const index = this.calls.findIndex((call) => call.task === task);
    if (index >= 0) this.calls.splice(index, 1);
    this.look();
  }

  /** Notes who can begin now: the first of its caller, with all inputs. */
  look(): void {
    this.clock++;
    for (const call of this.calls) {
      const isFirst = this.calls.find(({ task }) => task.caller === call.task.caller) === call;
      if (isFirst && call.task.missing === 0) call.couldBeginAt ??= this.clock;
    }
  }

  take(): Task | undefined {
    const [next] = this.calls
      .filter(({ couldBeginAt }) => couldBeginAt !== undefined)
      .sort((a, b) => (a.couldBeginAt as number) - (b.couldBeginAt as number));
    if (next !== undefined) this.remove(next.task);
    return next?.task;
  }

  waiting(): Task[] {
    return this.calls.map(({ task }) => task);
  }
}

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("add" as const), caller: fc.nat(3), ready: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("ready" as const), which: fc.nat(50) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("take" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove" as const), which: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("drain" as const) }) },
);

describe("a mailbox", () => {
  it("keeps each caller's order, and lets begin first who could first", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: "max" }), (steps) => {
        const [mailbox, model] = [new Mailbox(), new Model()];
        const [given, expected]: [unknown[], unknown[]] = [[], []];
        let seq = 0;
        const take = () => {
          const task = mailbox.take();
          given.push(task?.seq);
          expected.push(model.take()?.seq);
          return task;
        };
        for (const each of steps) {
          const waiting = model.waiting();
          if (each.kind === "add") {
            const task = stubTask({ caller: each.caller, seq: ++seq });
            task.missing = each.ready ? 0 : 1;
            mailbox.add(task);
            model.add(task);
          } else if (each.kind === "ready") {
            const missing = waiting.filter((task) => task.missing > 0);
            const task = missing[each.which % missing.length];
            if (task === undefined) continue;
            task.missing = 0;
            mailbox.becameReady(task);
            model.look();
          } else if (each.kind === "take") {
            take();
          } else if (each.kind === "remove") {
            const task = waiting[each.which % waiting.length];
            if (task === undefined) continue;
            mailbox.remove(task);
            model.remove(task);
          } else {
            given.push(mailbox.drain().sort((a, b) => a.seq - b.seq));
            expected.push(waiting.toSorted((a, b) => a.seq - b.seq));
            for (const task of waiting) model.remove(task);
          }
          given.push(mailbox.size);
          expected.push(model.waiting().length);
        }
        while (take() !== undefined);
        expect(given).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it("knows which calls of the same caller hold up one, the nearest first", () => {
    const mailbox = new Mailbox();
    const tasks = [0, 1, 0, 0, 0].map((caller, seq) => stubTask({ caller, seq }));
    for (const task of tasks) {
      task.missing = task === tasks[3] ? 0 : 1;
      mailbox.add(task);
    }
    expect(mailbox.heldUpBefore(tasks[4] as Task)).toEqual([tasks[2], tasks[0]]);
    expect(mailbox.heldUpBefore(tasks[1] as Task)).toEqual([]);
    expect(mailbox.heldUpBefore(stubTask({ caller: 0 }))).toEqual([]);
  });

  it("takes no notice of the removal of a call that is not in it", () => {
    const mailbox = new Mailbox();
    mailbox.add(stubTask());
    mailbox.remove(stubTask());
    expect(mailbox.size).toBe(1);
  });
});
