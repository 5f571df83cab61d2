import type { ResourceSample } from "agentscope-distributed/studio";
import { expect, test } from "vitest";
import { ResourceHistory } from "../../src/servers/resourceHistory.js";

const beginMs = 1_700_000_000_000;

function historyOf(
  seconds: number,
  sampleAt: (second: number) => Partial<ResourceSample> = () => ({}),
): ResourceHistory {
  const history = new ResourceHistory();
  for (let second = 0; second < seconds; second++) {
    history.add({
      atMs: beginMs + second * 1000,
      cpuPercent: 0,
      memoryBytes: 0,
      eventLoopDelayMs: 0,
      agents: second,
      running: 0,
      queued: 0,
      callsPerSecond: 0,
      ...sampleAt(second),
    });
  }
  return history;
}

test("what came lately is kept as it came", () => {
  const history = historyOf(250, (second) => ({ memoryBytes: second * 1e9 + 1 }));
  expect(history.since()).toHaveLength(250);
  expect(history.latest).toMatchObject({ agents: 249, memoryBytes: 249e9 + 1 });
  expect(history.since(beginMs + 248_000).map(({ agents }) => agents)).toEqual([248, 249]);
});

test("an hour and no more is kept, thinned where it is older, however long a server runs", () => {
  const samples = historyOf(3 * 3600).since();
  const newest = beginMs + (3 * 3600 - 1) * 1000;
  expect(samples[0]?.atMs).toBeGreaterThan(newest - 3_600_000 - 1);
  expect(samples[0]?.atMs).toBeLessThan(newest - 3_580_000);
  expect(samples.at(-1)?.atMs).toBe(newest);
  expect(samples.length).toBeLessThanOrEqual(300 + 361);
  const times = samples.map(({ atMs }) => atMs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test("a peak of the delay and the mean of the use survive the thinning", () => {
  const samples = historyOf(1000, (second) => ({
    cpuPercent: second % 2 === 0 ? 100 : 0,
    eventLoopDelayMs: second === 100 ? 900 : 1,
  })).since();
  const thinned = samples.filter(({ atMs }) => atMs < beginMs + 600_000);
  expect(Math.max(...thinned.map(({ eventLoopDelayMs }) => eventLoopDelayMs))).toBe(900);
  expect(new Set(thinned.map(({ cpuPercent }) => cpuPercent))).toEqual(new Set([50]));
});

test("nothing is kept of a server that has told nothing", () => {
  expect(new ResourceHistory().since()).toEqual([]);
  expect(new ResourceHistory().latest).toBeUndefined();
});
