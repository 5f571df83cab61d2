import type { ResourceSample, StreamEvent } from "agentscope-distributed-daemon/protocol";

type ResourcesEvent = Extract<StreamEvent, { kind: "resources" }>;

export const hourMs = 3_600_000;
/** What is newer is kept as it came. */
const recentMs = 6 * 60_000;
/** Of what is older, one for each ten seconds; the daemon does the same. */
const thinnedMs = 10_000;
/** Samples that came since a series was last thinned. */
const thinEvery = 120;

interface Series {
  /** Oldest first. */
  samples: ResourceSample[];
  sinceThinned: number;
}

/** What was told of the servers' resources, of the last hour. It takes about 800 samples of a server. */
export class SampleBook {
  private readonly series = new Map<string, Series>();

  /** @param nowMs milliseconds since 1970 */
  take({ snapshot, series }: ResourcesEvent, nowMs: number): void {
    if (snapshot) this.series.clear();
    for (const [serverId, samples] of Object.entries(series)) this.add(serverId, samples, nowMs);
  }

  /** Oldest first. */
  of(serverId: string): readonly ResourceSample[] {
    return this.series.get(serverId)?.samples ?? [];
  }

  latest(serverId: string): ResourceSample | undefined {
    return this.series.get(serverId)?.samples.at(-1);
  }

  /** Servers that are not there any more, and of which nothing is to be seen. */
  forgetAllBut(serverIds: ReadonlySet<string>): void {
    for (const serverId of this.series.keys()) if (!serverIds.has(serverId)) this.series.delete(serverId);
  }

  private add(serverId: string, samples: readonly ResourceSample[], nowMs: number): void {
    const series = this.series.get(serverId) ?? { samples: [], sinceThinned: 0 };
    this.series.set(serverId, series);
    const lastMs = series.samples.at(-1)?.atMs ?? -Infinity;
    // A server's clock that is set back would draw lines backwards.
    const newer = samples.filter(({ atMs }, index) => atMs > lastMs && atMs > (samples[index - 1]?.atMs ?? -Infinity));
    series.samples.push(...newer);
    series.sinceThinned += newer.length;
    if (series.sinceThinned < thinEvery) return;
    series.samples = thinned(series.samples, nowMs);
    series.sinceThinned = 0;
  }
}

/** Drops what is older than an hour, and of the older ones all but the first of each ten seconds, with the highest of what is looked at for its peaks. */
function thinned(samples: readonly ResourceSample[], nowMs: number): ResourceSample[] {
  const kept: ResourceSample[] = [];
  let begunMs = -Infinity;
  for (const sample of samples) {
    if (sample.atMs < nowMs - hourMs) continue;
    const last = kept.at(-1);
    if (last === undefined || sample.atMs > nowMs - recentMs || sample.atMs - begunMs >= thinnedMs) {
      kept.push(sample);
      begunMs = sample.atMs;
    } else {
      // A moment in which it was slow is what somebody looks for.
      const eventLoopDelayMs = Math.max(last.eventLoopDelayMs, sample.eventLoopDelayMs);
      kept[kept.length - 1] = { ...last, eventLoopDelayMs, queued: Math.max(last.queued, sample.queued) };
    }
  }
  return kept;
}
