import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import { residentBytes } from "../residentBytes.js";
import type { ResourceSample } from "../studio/resourceSample.js";
import { ResourceSampler } from "./resourceSampler.js";
import type { WorkerPool } from "./workerPool.js";
import type { WorkerThread } from "./workerThread.js";

/** How often the event loop is looked at, in milliseconds. */
const resolutionMs = 50;

/** What a server uses and does, from one sample to the next. */
export class ResourceUse {
  private readonly process = new ResourceSampler();
  private readonly delay: IntervalHistogram = monitorEventLoopDelay({ resolution: resolutionMs });
  private endedBefore = new Map<WorkerThread, number>();
  private lastMs = performance.now();

  constructor(private readonly workers: WorkerPool) {
    this.delay.enable();
    this.endedCalls();
  }

  sample(): ResourceSample {
    const now = performance.now();
    const seconds = Math.max((now - this.lastMs) / 1000, 0.001);
    this.lastMs = now;
    // What is measured is the time from one look to the next.
    const delayMs = this.delay.count === 0 ? 0 : Math.max(this.delay.percentile(99) / 1e6 - resolutionMs, 0);
    this.delay.reset();
    const { all, agentCount } = this.workers;
    return {
      atMs: Date.now(),
      cpuPercent: this.process.cpuPercent(),
      memoryBytes: residentBytes(),
      eventLoopDelayMs: Math.round(delayMs * 10) / 10,
      agents: agentCount,
      running: sum(all.map(({ counters }) => counters.running)),
      queued: sum(all.map(({ counters }) => counters.queued)),
      callsPerSecond: Math.round((this.endedCalls() / seconds) * 10) / 10,
    };
  }

  /** Since it was asked before; what a worker did last that is gone by now is not counted. */
  private endedCalls(): number {
    const before = this.endedBefore;
    this.endedBefore = new Map(this.workers.all.map((worker) => [worker, worker.counters.endedCalls]));
    return sum([...this.endedBefore].map(([worker, ended]) => (ended - (before.get(worker) ?? 0)) >>> 0));
  }

  stop(): void {
    this.delay.disable();
  }
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
