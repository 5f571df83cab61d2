import { availableParallelism } from "node:os";
import type { Allocator } from "./allocation.js";
import type { ManagedServer } from "./managedServer.js";
import type { ManagedServers } from "./managedServers.js";
import type { ServerTable } from "./serverTable.js";

/** A server that was started for a run and has had no agents for so long is ended, in milliseconds. */
const idleMs = 30_000;
const lookMs = 1000;

export interface RunServersOptions {
  table: ServerTable;
  managed: ManagedServers;
  allocator: Allocator;
  /** When a run ended, in milliseconds since 1970; undefined while it goes on. */
  runEndedAt: (runId: string) => number | undefined;
  /** How long agents of a run that has ended can be looked at, unless their place is needed, in milliseconds. Default 10 minutes. */
  keptAfterRunMs?: number;
  /** How many there are for a folder at most. Default: as many as the machine runs at a time. */
  limit?: number;
}

/**
 * The servers that were started for the agents of runs, and when they end.
 *
 * 1. One that has had no agents for a while ends.
 * 2. One whose run has ended with agents on it is kept for a while, so that a person can look at their memories.
 * 3. Where one of a run that goes on needs the place, that of the run that ended first goes.
 */
export class RunServers implements Disposable {
  /** For a folder. */
  readonly limit: number;
  private readonly idleSince = new Map<string, number>();
  private readonly looking: NodeJS.Timeout;
  private readonly stopHearing: () => void;
  private readonly keptAfterRunMs: number;

  constructor(private readonly options: RunServersOptions) {
    const { limit = availableParallelism(), keptAfterRunMs = 600_000, table } = options;
    this.limit = limit;
    this.keptAfterRunMs = keptAfterRunMs;
    this.stopHearing = table.removed.on((serverId) => this.idleSince.delete(serverId));
    this.looking = setInterval(() => this.endUnneeded(), lookMs).unref();
  }

  /** Those of a run that are there or coming. */
  of(runId: string): ManagedServer[] {
    return this.all().filter(({ forRun }) => forRun === runId);
  }

  /** How many can be started for a run in the folder: those of runs that have ended make room. */
  roomIn(cwd: string): number {
    const { runEndedAt } = this.options;
    const kept = this.in(cwd).filter(({ forRun }) => runEndedAt(forRun) === undefined);
    return Math.max(0, this.limit - kept.length);
  }

  /** Makes room for `count` more in the folder, as far as there is. */
  async makeRoom(cwd: string, count: number): Promise<void> {
    const { runEndedAt } = this.options;
    const there = this.in(cwd);
    const ended = there.flatMap((server) => {
      const endedAtMs = runEndedAt(server.forRun);
      return endedAtMs === undefined ? [] : [{ server, endedAtMs }];
    });
    const excess = Math.max(0, there.length + count - this.limit);
    const leaving = ended.toSorted((a, b) => a.endedAtMs - b.endedAtMs).slice(0, excess);
    await Promise.all(leaving.map(({ server }) => this.end(server)));
  }

  [Symbol.dispose](): void {
    this.stopHearing();
    clearInterval(this.looking);
  }

  private in(cwd: string): (ManagedServer & { forRun: string })[] {
    return this.all().filter(({ entry }) => entry.cwd === cwd);
  }

  private all(): (ManagedServer & { forRun: string })[] {
    return [...this.options.managed.all()].filter(
      (server): server is ManagedServer & { forRun: string } => server.forRun !== undefined && !server.isEnded,
    );
  }

  private endUnneeded(): void {
    const { runEndedAt } = this.options;
    for (const server of this.all()) {
      const endedAt = runEndedAt(server.forRun);
      const isOver = endedAt !== undefined && Date.now() - endedAt > this.keptAfterRunMs;
      if (isOver || this.isIdle(server)) void this.end(server);
    }
  }

  /** Whether it has had no agents for a while, and none are on their way. */
  private isIdle({ entry }: ManagedServer): boolean {
    const { table, allocator } = this.options;
    const { serverId, isAlive } = entry;
    if (!isAlive) return false;
    if (table.agents.size(serverId) > 0 || allocator.onTheWay(serverId) > 0) {
      this.idleSince.delete(serverId);
      return false;
    }
    const since = this.idleSince.get(serverId) ?? performance.now();
    this.idleSince.set(serverId, since);
    return performance.now() - since > idleMs;
  }

  private async end({ entry: { serverId } }: ManagedServer): Promise<void> {
    await this.options.managed.stop(serverId);
    this.options.table.remove(serverId);
  }
}
