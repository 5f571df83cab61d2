import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fifo } from "../../src/runtime/fifo.js";
import { SequenceTable } from "../../src/runtime/sequenceTable.js";

describe("a queue", () => {
  it("is a list of which the first is taken", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("push" as const), count: fc.integer({ min: 1, max: 1500 }) }),
      fc.record({ kind: fc.constant("shift" as const), count: fc.integer({ min: 1, max: 1500 }) }),
      fc.record({ kind: fc.constant("remove" as const), count: fc.nat(2000) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const queue = new Fifo<number>();
        const model: number[] = [];
        const [given, expected]: [unknown[], unknown[]] = [[], []];
        let next = 0;
        for (const { kind, count } of steps) {
          if (kind === "remove") {
            const index = model.indexOf(count);
            given.push(queue.remove(count));
            expected.push(index >= 0);
            if (index >= 0) model.splice(index, 1);
          } else if (kind === "shift") {
            for (let each = 0; each < count; each++) {
              given.push(queue.shift());
              expected.push(model.shift());
            }
          } else {
            for (let each = 0; each < count; each++) {
              queue.push(++next);
              model.push(next);
            }
          }
          given.push(queue.length, queue.peek());
          expected.push(model.length, model[0]);
        }
        expect(given).toEqual(expected);
        expect(queue.toArray()).toEqual(model);
      }),
      { numRuns: 50 },
    );
  });
});

describe("a table of numbers that count up", () => {
  it("is a map", () => {
    const seq = fc.oneof(fc.nat(30), fc.integer({ min: 1000, max: 3100 }), fc.maxSafeNat());
    const step = fc.tuple(fc.constantFrom("set", "get", "delete"), seq);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
        const table = new SequenceTable<object>();
        const model = new Map<number, object>();
        const [given, expected]: [unknown[], unknown[]] = [[], []];
        for (const [kind, number] of steps) {
          if (kind === "set") {
            const item = { number };
            table.set(number, item);
            model.set(number, item);
          } else if (kind === "delete") {
            given.push(table.delete(number));
            expected.push(model.get(number));
            model.delete(number);
          }
          given.push(table.get(number), table.size);
          expected.push(model.get(number), model.size);
        }
        expect(given).toEqual(expected);
        expect(table.keys().sort((a, b) => a - b)).toEqual([...model.keys()].sort((a, b) => a - b));
        expect(new Set(table.values())).toEqual(new Set(model.values()));
      }),
    );
  });
});
