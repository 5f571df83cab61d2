import type { ResourceSample } from "agentscope-distributed-daemon/protocol";

/** The most points of a line: more would not be seen. */
const mostPoints = 600;
const stepsMs = [1000, 2000, 5000, 10_000, 30_000];

/** Samples of newer times come each second, of older ones each ten. */
const recentMs = 5 * 60_000;
const longestRecentPauseMs = 5000;
const longestPauseMs = 25_000;

/** Times at the same distances, in which samples of all servers are put, whenever each was taken. */
export interface TimeGrid {
  fromMs: number;
  stepMs: number;
  length: number;
  /** Tells how far apart samples may be. */
  nowMs: number;
}

/** Begins at whole steps, so that a line that moves on does not change its form. */
export function gridOf({ fromMs, toMs }: { fromMs: number; toMs: number }, nowMs: number): TimeGrid {
  const stepMs = stepsMs.find((step) => (toMs - fromMs) / step <= mostPoints) ?? 60_000;
  const begin = Math.floor(fromMs / stepMs) * stepMs;
  return { fromMs: begin, stepMs, length: Math.floor((toMs - begin) / stepMs) + 1, nowMs };
}

/** In seconds since 1970. */
export function timesOf({ fromMs, stepMs, length }: TimeGrid): number[] {
  return Array.from({ length }, (_, index) => (fromMs + index * stepMs) / 1000);
}

/** `null`: the server was away; `undefined`: between two samples, and the line goes on. */
export type Point = number | null | undefined;

/** What to take of a sample, and of several in one step: their mean, or the highest, where that is what matters. */
export interface Reading {
  of: (sample: ResourceSample) => number;
  several: "mean" | "highest";
}

/** @param samples oldest first */
export function lineOf(samples: readonly ResourceSample[], reading: Reading, grid: TimeGrid): Point[] {
  const line: Point[] = Array.from({ length: grid.length }, () => undefined);
  let before: { atMs: number; index: number; count: number } | undefined;
  for (const sample of samples) {
    const index = Math.floor((sample.atMs - grid.fromMs) / grid.stepMs);
    if (index < 0) continue;
    if (index >= grid.length) break;
    const value = reading.of(sample);
    const there = line[index];
    if (before?.index === index && typeof there === "number") {
      before.count += 1;
      line[index] = reading.several === "highest" ? Math.max(there, value) : there + (value - there) / before.count;
      before.atMs = sample.atMs;
      continue;
    }
    if (before !== undefined && wasAway(before.atMs, sample.atMs, grid.nowMs)) line.fill(null, before.index + 1, index);
    line[index] = value;
    before = { atMs: sample.atMs, index, count: 1 };
  }
  return line;
}

function wasAway(fromMs: number, toMs: number, nowMs: number): boolean {
  return toMs - fromMs > (fromMs > nowMs - recentMs ? longestRecentPauseMs : longestPauseMs);
}
