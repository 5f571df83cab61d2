import { expect, test } from "vitest";
import { bounds, held, live, part, type TimeWindow, zoomed } from "../../src/resources/timeWindow.js";
import { minute, second } from "./sample.js";

const nowMs = 100 * minute;
const lastFive: TimeWindow = { kind: "live", lengthMs: 5 * minute };

test("a live window ends now, and one that is held stays where it was", () => {
  expect(bounds(lastFive, nowMs)).toEqual({ fromMs: 95 * minute, toMs: nowMs });
  const paused = held(lastFive, nowMs);
  expect(bounds(paused, nowMs + minute)).toMatchObject({ fromMs: 95 * minute, toMs: nowMs });
  expect(live(paused)).toEqual(lastFive);
});

test("a part that was chosen is held, and the way back is the length before", () => {
  const chosen = part(lastFive, 96 * minute, 97 * minute);
  expect(chosen).toEqual({ kind: "held", fromMs: 96 * minute, toMs: 97 * minute, lengthMs: 5 * minute });
  expect(live(chosen)).toEqual(lastFive);
});

test("a part is five seconds long at least", () => {
  const { fromMs, toMs } = bounds(part(lastFive, 96 * minute, 96 * minute + 1), nowMs);
  expect(toMs - fromMs).toBe(5 * second);
});

test("zooming keeps the moment where it is, between an hour ago and now", () => {
  const nearer = bounds(zoomed(lastFive, 0.5, { aroundMs: 96 * minute, nowMs }), nowMs);
  expect(nearer).toMatchObject({ fromMs: 95.5 * minute, toMs: 98 * minute });
  const farther = bounds(zoomed(lastFive, 100, { aroundMs: 96 * minute, nowMs }), nowMs);
  expect(farther).toMatchObject({ fromMs: 40 * minute, toMs: nowMs });
});
