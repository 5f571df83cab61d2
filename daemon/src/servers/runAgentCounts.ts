import { Emitter } from "../emitter.js";
import type { ServerTable } from "./serverTable.js";

/** Agents of all servers are counted by their runs not more often than this, unless some leave that were not counted yet. */
const countEveryMs = 1000;

/** How many agents of each run live on servers. */
export class RunAgentCounts implements Disposable {
  /** The id of a run that has more or fewer than it had. */
  readonly changed = new Emitter<string>();
  private counts = new Map<string, number>();
  private countedAtMs = -Infinity;
  /** Set while agents have come or gone that are not counted yet. */
  private timer: NodeJS.Timeout | undefined;
  private readonly removals: (() => void)[];

  constructor(
    private readonly table: ServerTable,
    private readonly runOf: (instance: string) => string | undefined,
  ) {
    this.removals = [
      table.agentsChanged.on(() => this.countSoon()),
      table.agentsLeaving.on(() => {
        if (this.timer !== undefined) this.count();
      }),
    ];
  }

  /** @param options `exact`: of this moment, however lately they were counted */
  of(runId: string, { exact = false } = {}): number {
    if (this.timer !== undefined && (exact || this.waitMs() <= 0)) this.count();
    return this.counts.get(runId) ?? 0;
  }

  [Symbol.dispose](): void {
    for (const remove of this.removals) remove();
    clearTimeout(this.timer);
  }

  private waitMs(): number {
    return this.countedAtMs + countEveryMs - performance.now();
  }

  private countSoon(): void {
    this.timer ??= setTimeout(() => this.count(), Math.max(0, this.waitMs())).unref();
  }

  private count(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const before = this.counts;
    this.counts = new Map();
    for (const [maker, count] of this.table.agents.countByMaker()) {
      const runId = this.runOf(maker);
      if (runId !== undefined) this.counts.set(runId, (this.counts.get(runId) ?? 0) + count);
    }
    this.countedAtMs = performance.now();
    for (const runId of new Set([...before.keys(), ...this.counts.keys()])) {
      if (before.get(runId) !== this.counts.get(runId)) this.changed.emit(runId);
    }
  }
}
