import { expect, test } from "vitest";
import { gridOf, lineOf, type Reading, timesOf } from "../../src/resources/timeGrid.js";
import { eachSecond, minute, sample, second } from "./sample.js";

const mean: Reading = { of: (one) => one.cpuPercent, several: "mean" };
const highest: Reading = { of: (one) => one.cpuPercent, several: "highest" };
const nowMs = 100 * minute;

test("a grid begins at a whole step, so that curves that move on keep their form", () => {
  const [one, next] = [400, 900].map((ms) => gridOf({ fromMs: nowMs - minute + ms, toMs: nowMs + ms }, nowMs));
  expect(one?.fromMs).toBe(nowMs - minute);
  expect(next?.fromMs).toBe(nowMs - minute);
  expect(timesOf(gridOf({ fromMs: 1500, toMs: 3500 }, nowMs))).toEqual([1, 2, 3]);
});

test.each([
  [minute, second],
  [5 * minute, second],
  [15 * minute, 2 * second],
  [60 * minute, 10 * second],
])("of %i ms no more points are drawn than are seen", (lengthMs, stepMs) => {
  const grid = gridOf({ fromMs: nowMs - lengthMs, toMs: nowMs }, nowMs);
  expect(grid.stepMs).toBe(stepMs);
  expect(grid.length).toBeLessThanOrEqual(601);
});

test("samples are put where they were taken, whatever the fraction of the second", () => {
  const grid = gridOf({ fromMs: nowMs, toMs: nowMs + 3 * second }, nowMs);
  const samples = [sample(nowMs + 250, 1), sample(nowMs + 1250, 2), sample(nowMs + 2999, 3)];
  expect(lineOf(samples, mean, grid)).toEqual([1, 2, 3, undefined]);
});

test("several samples of one step are their mean, or the highest", () => {
  const grid = gridOf({ fromMs: nowMs - 60 * minute, toMs: nowMs }, nowMs);
  const samples = eachSecond(nowMs - 60 * minute, 20);
  expect(lineOf(samples, mean, grid).slice(0, 3)).toEqual([4.5, 14.5, undefined]);
  expect(lineOf(samples, highest, grid).slice(0, 3)).toEqual([9, 19, undefined]);
});

test("where a server was away its line has a gap, and where a sample is late it has none", () => {
  const grid = gridOf({ fromMs: nowMs - 12 * second, toMs: nowMs }, nowMs);
  const at = (seconds: number) => sample(grid.fromMs + seconds * second, seconds);
  expect(lineOf([at(0), at(4)], mean, grid).slice(0, 5)).toEqual([0, undefined, undefined, undefined, 4]);
  expect(lineOf([at(0), at(6)], mean, grid).slice(0, 7)).toEqual([0, null, null, null, null, null, 6]);
});

test("samples of older times are ten seconds apart without a gap", () => {
  const grid = gridOf({ fromMs: nowMs - 20 * minute, toMs: nowMs - 19 * minute }, nowMs);
  const thinned = Array.from({ length: 6 }, (_, index) => sample(grid.fromMs + index * 10 * second, 1));
  expect(lineOf(thinned, mean, grid)).not.toContain(null);
  const away = [sample(grid.fromMs), sample(grid.fromMs + 40 * second)];
  expect(lineOf(away, mean, grid)).toContain(null);
});
