import type { AgentBrief, AgentChanges } from "./protocol.js";

/** So many agents are told of at a time. */
const batchSize = 2000;
/** How long changes are collected, in milliseconds. */
const collectMs = 50;

/**
 * Tells a daemon which agents there are: all first, then how that changes.
 *
 * 1. One batch is on its way at a time: a slow reader is told less often, not more at once.
 * 2. What waits to be told is bounded by the number of agents: one that came and went meanwhile is told as gone.
 */
export class AgentFeed {
  private readonly made = new Map<string, AgentBrief>();
  private readonly deleted = new Set<string>();
  private isTelling = false;
  private timer: NodeJS.Timeout | undefined;
  private ended = false;

  /** @param tell resolves when a batch is on its way. */
  constructor(private readonly tell: (changes: AgentChanges) => Promise<void>) {}

  /** Tells of all agents; changes from now on are told after them. */
  async begin(all: Iterable<AgentBrief>): Promise<void> {
    this.isTelling = true;
    let batch: AgentBrief[] = [];
    let isFirst = true;
    for (const agent of all) {
      batch.push(agent);
      if (batch.length < batchSize) continue;
      await this.tell({ ...(isFirst && { all: true }), made: batch, deleted: [] });
      if (this.ended) return;
      isFirst = false;
      batch = [];
    }
    if (isFirst || batch.length > 0) await this.tell({ ...(isFirst && { all: true }), made: batch, deleted: [] });
    await this.tellChanges();
  }

  changed(made: readonly AgentBrief[], deleted: readonly string[]): void {
    for (const agent of made) {
      this.made.set(agent[0], agent);
      this.deleted.delete(agent[0]);
    }
    for (const id of deleted) {
      this.made.delete(id);
      this.deleted.add(id);
    }
    if (this.isTelling || this.ended) return;
    this.timer ??= setTimeout(() => void this.tellChanges(), collectMs).unref();
  }

  private async tellChanges(): Promise<void> {
    this.timer = undefined;
    this.isTelling = true;
    while (!this.ended && this.made.size + this.deleted.size > 0) {
      const made = firstOf(this.made.values());
      const deleted = firstOf(this.deleted);
      for (const [id] of made) this.made.delete(id);
      for (const id of deleted) this.deleted.delete(id);
      await this.tell({ made, deleted });
    }
    this.isTelling = false;
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
  }
}

function firstOf<Item>(items: Iterable<Item>): Item[] {
  const first: Item[] = [];
  for (const item of items) if (first.push(item) === batchSize) break;
  return first;
}
