import type { ResourceSample } from "agentscope-distributed-daemon/protocol";

export const second = 1000;
export const minute = 60 * second;

/** A sample with this much of everything. */
export function sample(atMs: number, much = 1): ResourceSample {
  return {
    ...{ atMs, cpuPercent: much, memoryBytes: much, eventLoopDelayMs: much },
    ...{ agents: 1, running: 0, queued: much, callsPerSecond: much },
  };
}

/** One each second, each with as much as its place says. */
export function eachSecond(fromMs: number, number: number): ResourceSample[] {
  return Array.from({ length: number }, (_, index) => sample(fromMs + index * second, index));
}
