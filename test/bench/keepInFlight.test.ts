import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { keepInFlight } from "./keepInFlight.js";

test("makes each call once and keeps as many in flight as asked for", async () => {
  const made: number[] = [];
  let underWay = 0;
  let most = 0;
  await keepInFlight(4, 10, async (number) => {
    made.push(number);
    most = Math.max(most, ++underWay);
    await setImmediate();
    underWay--;
  });
  expect(made).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(most).toBe(4);
});
