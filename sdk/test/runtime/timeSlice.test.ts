import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { type SliceWaiter, TimeSlice } from "../../src/runtime/timeSlice.js";

afterEach(() => {
  vi.restoreAllMocks();
});

/** One that begins a turn as soon as it may, and notes that. */
class Waiter implements SliceWaiter {
  asked = 0;

  constructor(
    private readonly slice: TimeSlice,
    private readonly begin: (waiter: Waiter) => void,
  ) {}

  goOn(): void {
    this.asked++;
    if (this.slice.hasTime(this)) this.begin(this);
  }
}

test("very many that wait begin in their order, and are not asked again and again", async () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (now += 0.5));
  const slice = new TimeSlice();
  const begun: Waiter[] = [];
  const waiters = Array.from({ length: 1000 }, () => new Waiter(slice, (waiter) => begun.push(waiter)));
  for (const waiter of waiters) waiter.goOn();
  let turns = 0;
  while (begun.length < waiters.length) {
    await turnOfTheLoop();
    turns++;
  }
  expect(begun).toEqual(waiters);
  // A slice is over after a few of them.
  expect(turns).toBeGreaterThan(50);
  // At first, most in vain, and when it is their turn.
  for (const { asked } of waiters) expect(asked).toBeLessThanOrEqual(2);
});

test("one with long turns keeps its place, and begins each first in a slice", async () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const slice = new TimeSlice();
  const begun: string[] = [];
  const computing = new Waiter(slice, () => {
    begun.push("computing");
    now += 20;
  });
  const others = ["a", "b"].map((name) => new Waiter(slice, () => begun.push(name)));
  computing.goOn();
  await turnOfTheLoop();
  // In the middle of those that wait.
  others[0]?.goOn();
  now += 20;
  for (const waiter of [others[0], computing, others[1]]) waiter?.goOn();
  expect(begun).toEqual(["computing", "a"]);
  await turnOfTheLoop();
  expect(begun).toEqual(["computing", "a", "a", "b"]);
  await turnOfTheLoop();
  expect(begun).toEqual(["computing", "a", "a", "b", "computing"]);
});
