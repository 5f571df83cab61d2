import { inBytes, inCount, inMilliseconds, inPercent, inPerSecond } from "./quantity.js";
import type { Reading } from "./timeGrid.js";

/** Something that is measured of every server. */
export interface Metric extends Reading {
  id: string;
  title: string;
  /** In a sentence. */
  explanation: string;
  /** The least that the axis goes up to: what is below it is hardly anything. */
  leastTop: number;
  text: (value: number) => string;
  /** Distances between the axis' lines; those of the charting library where there are none. */
  steps?: number[];
}

const mebibyte = 2 ** 20;

export const metrics: readonly Metric[] = [
  {
    id: "cpu",
    title: "CPU",
    explanation: "Processor time of the server's process; 100 % is one processor.",
    of: (sample) => sample.cpuPercent,
    several: "mean",
    leastTop: 10,
    text: inPercent,
  },
  {
    id: "memory",
    title: "Memory",
    explanation: "Resident memory of the server's process.",
    of: (sample) => sample.memoryBytes,
    several: "mean",
    leastTop: 64 * mebibyte,
    text: inBytes,
    steps: [8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536].map((mb) => mb * mebibyte),
  },
  {
    id: "delay",
    title: "Event-loop delay",
    explanation: "How late the server's I/O thread was, in 99 of 100 cases.",
    of: (sample) => sample.eventLoopDelayMs,
    several: "highest",
    leastTop: 20,
    text: inMilliseconds,
  },
  {
    id: "queue",
    title: "Queue",
    explanation: "Calls that wait for their turn or for their inputs.",
    of: (sample) => sample.queued,
    several: "highest",
    leastTop: 4,
    text: inCount,
    steps: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000, 500_000, 1_000_000],
  },
  {
    id: "calls",
    title: "Calls",
    explanation: "Calls of agents that ended in each second.",
    of: (sample) => sample.callsPerSecond,
    several: "mean",
    leastTop: 4,
    text: inPerSecond,
  },
];
