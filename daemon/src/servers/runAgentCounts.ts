import type { ServerTable } from "./serverTable.js";

/** Agents of all servers are counted by their runs not more often than this. */
const countEveryMs = 1000;

/** How many agents of each run live on servers. */
export class RunAgentCounts {
  private counts = new Map<string, number>();
  private countedAtMs = -Infinity;

  constructor(
    private readonly table: ServerTable,
    private readonly runOf: (instance: string) => string | undefined,
  ) {}

  of(runId: string): number {
    if (performance.now() - this.countedAtMs >= countEveryMs) this.count();
    return this.counts.get(runId) ?? 0;
  }

  private count(): void {
    const makers = this.table.agents.countByMaker();
    this.counts = new Map();
    for (const [maker, count] of makers) {
      const runId = this.runOf(maker);
      if (runId !== undefined) this.counts.set(runId, (this.counts.get(runId) ?? 0) + count);
    }
    this.countedAtMs = performance.now();
  }
}
