import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { keepInFlight } from "./keepInFlight.js";

test("makes each call once and keeps as many in flight as asked for", async () => {
  const made: number[] = [];
  const answered: number[] = [];
  let underWay = 0;
  let most = 0;
  const callsPerSecond = await keepInFlight({
    inFlight: 4,
    calls: 10,
    async call(number) {
      made.push(number);
      most = Math.max(most, ++underWay);
      await setImmediate();
      underWay--;
      return number;
    },
    check: (answer) => void answered.push(answer),
  });
  expect(made).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(answered.toSorted((one, other) => one - other)).toEqual(made);
  expect(most).toBe(4);
  expect(callsPerSecond).toBeGreaterThan(0);
});

test("a wrong answer ends the measuring", async () => {
  const check = (): void => {
    throw new Error("not what was called");
  };
  const measuring = keepInFlight({ inFlight: 2, calls: 4, call: async () => "wrong", check });
  await expect(measuring).rejects.toThrow("not what was called");
});
