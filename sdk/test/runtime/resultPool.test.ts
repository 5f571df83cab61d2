import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ResultPool } from "../../src/runtime/resultPool.js";
import type { Task } from "../../src/runtime/task.js";
import { stubTask } from "./stubTask.js";

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("begin" as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("end" as const), which: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("release" as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("abandon" as const), which: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("time" as const), ms: fc.nat(60) }) },
);

describe("a pool of results", () => {
  it("never drops unfinished work, drops what finished first when it is full, and what is too old", () => {
    const maxAgeMs = 100;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.array(step, { maxLength: 60, size: "max" }), (maxSize, steps) => {
        const pool = new ResultPool(maxSize, maxAgeMs);
        const unfinished: Task[] = [];
        const finished: Task[] = [];
        const dropped: Task[] = [];
        const expectedDrops: Task[] = [];
        const [given, expected]: [unknown[], unknown[]] = [[], []];
        let now = 0;
        const take = (from: Task[], which: number): Task | undefined => from.splice(which % (from.length || 1), 1)[0];
        for (const each of steps) {
          if (each.kind === "begin") {
            const full = unfinished.length + finished.length >= maxSize;
            if (full && finished.length > 0) expectedDrops.push(finished.shift() as Task);
            const accepted = !full || unfinished.length < maxSize;
            given.push(pool.begin());
            expected.push(accepted);
            const sink = { taskEnded: () => {}, taskDropped: (task: Task) => void dropped.push(task) };
            if (accepted) unfinished.push(stubTask({ sink }));
          } else if (each.kind === "end") {
            const task = take(unfinished, each.which);
            if (task === undefined) continue;
            task.since = now;
            pool.end(task);
            finished.push(task);
          } else if (each.kind === "release" || each.kind === "abandon") {
            const task = take(each.kind === "release" ? finished : unfinished, each.which);
            if (task !== undefined) pool.release(task);
          } else {
            now += each.ms;
            pool.dropOld(now);
            while (finished[0] !== undefined && now - finished[0].since >= maxAgeMs) {
              expectedDrops.push(finished.shift() as Task);
            }
          }
          given.push(pool.size, dropped.length);
          expected.push(unfinished.length + finished.length, expectedDrops.length);
        }
        expect(given).toEqual(expected);
        expect(dropped).toEqual(expectedDrops);
      }),
      { numRuns: 500 },
    );
  });
});
