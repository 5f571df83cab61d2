import type { ResourceSample } from "agentscope-distributed/studio";

const columns = [
  "atMs",
  "cpuPercent",
  "memoryBytes",
  "eventLoopDelayMs",
  "agents",
  "running",
  "queued",
  "callsPerSecond",
] as const satisfies readonly (keyof ResourceSample)[];

/** Samples of the last five minutes, as they came. */
const recentSamples = 300;
/** Of what is older, one for each ten seconds, up to an hour. */
const thinnedMs = 10_000;
const hourMs = 3_600_000;
const thinnedSamples = hourMs / thinnedMs;

/**
 * A server's resources during the last hour, in 42 KB however long it runs. What is older than the newest minutes is thinned: means of
 * what is used, the longest delay, the last counts.
 */
export class ResourceHistory {
  private readonly recent = new SampleRing(recentSamples);
  private readonly thinned = new SampleRing(thinnedSamples);
  /** Those that are being made one of. */
  private bucket: ResourceSample[] = [];

  get latest(): ResourceSample | undefined {
    return this.recent.at(this.recent.length - 1);
  }

  add(sample: ResourceSample): void {
    const pushedOut = this.recent.push(sample);
    if (pushedOut === undefined) return;
    const first = this.bucket[0];
    if (first !== undefined && Math.abs(pushedOut.atMs - first.atMs) >= thinnedMs) {
      this.thinned.push(merged(this.bucket));
      this.bucket = [];
    }
    this.bucket.push(pushedOut);
  }

  /** Oldest first. @param sinceMs default: an hour before the newest. */
  since(sinceMs: number = (this.latest?.atMs ?? 0) - hourMs): ResourceSample[] {
    const thinning = this.bucket.length === 0 ? [] : [merged(this.bucket)];
    return [...this.thinned.all(), ...thinning, ...this.recent.all()].filter(({ atMs }) => atMs >= sinceMs);
  }
}

/** The newest samples, one row of numbers for each. */
class SampleRing {
  private readonly cells: Float64Array;
  private begin = 0;
  length = 0;

  constructor(private readonly capacity: number) {
    this.cells = new Float64Array(capacity * columns.length);
  }

  /** @returns the oldest, if it had to go. */
  push(sample: ResourceSample): ResourceSample | undefined {
    const pushedOut = this.length === this.capacity ? this.at(0) : undefined;
    if (pushedOut === undefined) this.length += 1;
    else this.begin = (this.begin + 1) % this.capacity;
    const row = this.rowOf(this.length - 1);
    columns.forEach((column, index) => (this.cells[row + index] = sample[column]));
    return pushedOut;
  }

  at(index: number): ResourceSample | undefined {
    if (index < 0 || index >= this.length) return undefined;
    const row = this.rowOf(index);
    return Object.fromEntries(
      columns.map((column, offset) => [column, this.cells[row + offset]]),
    ) as unknown as ResourceSample;
  }

  all(): ResourceSample[] {
    return Array.from({ length: this.length }, (_, index) => this.at(index) as ResourceSample);
  }

  private rowOf(index: number): number {
    return ((this.begin + index) % this.capacity) * columns.length;
  }
}

function merged(samples: readonly ResourceSample[]): ResourceSample {
  const last = samples.at(-1) as ResourceSample;
  const mean = (of: "cpuPercent" | "callsPerSecond" | "memoryBytes") =>
    samples.reduce((sum, sample) => sum + sample[of], 0) / samples.length;
  return {
    ...last,
    cpuPercent: mean("cpuPercent"),
    memoryBytes: mean("memoryBytes"),
    callsPerSecond: mean("callsPerSecond"),
    eventLoopDelayMs: Math.max(...samples.map((sample) => sample.eventLoopDelayMs)),
  };
}
