import {
  type Allocation,
  type AllocationItem,
  claimedRole,
  formatAddress,
  isLoopback,
} from "agentscope-distributed/studio";
import { StudioError } from "../errors.js";
import type { LogBook } from "../log/logBook.js";
import { Allocator, type Candidate } from "./allocation.js";
import type { ManagedServers } from "./managedServers.js";
import { RunServers, type RunServersOptions } from "./runServers.js";
import type { ServerEntry } from "./serverEntry.js";
import type { ServerTable } from "./serverTable.js";

/** The script that wants servers for its agents. */
export interface Claimant {
  runId: string;
  cwd: string;
  /** Whether its process is on the daemon's machine; then it is the same user's. */
  isLocal: boolean;
}

export interface PlacementOptions extends Omit<RunServersOptions, "allocator"> {
  log: LogBook;
}

/**
 * Where agents are put that name no server.
 *
 * 1. On servers that are there, have the class, and can be reached and entered by the script; the least loaded first.
 * 2. Where none is, and where all of them were started for this run and have agents already, the daemon starts one for the run, with the
 *    code as it is now; up to as many for a folder as the machine runs at a time.
 * 3. What was started for a run serves no other: the code may be another by then. {@link RunServers} ends it.
 */
export class Placement implements Disposable {
  private readonly allocator = new Allocator();
  /** One after the other for each folder: two allocations at once start what is missing once. */
  private readonly turns = new Map<string, Promise<void>>();
  private readonly ofRuns: RunServers;
  private readonly parts: { table: ServerTable; managed: ManagedServers; log: LogBook };

  constructor({ log, ...options }: PlacementOptions) {
    const { table, managed } = options;
    const { allocator } = this;
    this.parts = { table, managed, log };
    this.ofRuns = new RunServers({ ...options, allocator });
    table.agentsMade.on(({ serverId, count }) => allocator.arrived(serverId, count));
    table.removed.on((serverId) => allocator.forget(serverId));
  }

  async allocate(items: readonly AllocationItem[], claimant: Claimant): Promise<Allocation[]> {
    const reasons = new Map<string, string>();
    const kinds = new Map<string, { item: AllocationItem; count: number }>();
    for (const item of items) {
      const kind = kinds.get(keyOf(item)) ?? { item, count: 0 };
      kind.count += 1;
      kinds.set(keyOf(item), kind);
    }
    for (const [key, { item, count }] of kinds) {
      const reason = await this.provide(item, { count, claimant });
      if (reason !== undefined) reasons.set(key, reason);
    }
    return this.allocator.place(items, (item) => ({
      candidates: this.candidates(item, claimant),
      reason: reasons.get(keyOf(item)) ?? "the servers for it have ended just now",
    }));
  }

  /** The server with the fewest agents among those that are there, for callers that know no class: AgentScope 0.1's. */
  leastLoaded(): ServerEntry | undefined {
    const alive = [...this.parts.table.all()].filter(
      ({ isAlive, kind, identity }) => isAlive && kind !== "child" && identity.access === "open",
    );
    const load = (entry: ServerEntry) => this.allocator.load(this.candidate(entry));
    return alive.toSorted((a, b) => load(a) - load(b))[0];
  }

  [Symbol.dispose](): void {
    this.ofRuns[Symbol.dispose]();
  }

  private candidates(item: AllocationItem, claimant: Claimant): Candidate[] {
    return [...this.parts.table.all()]
      .filter((entry) => this.canHave(entry, item, claimant))
      .map((entry) => this.candidate(entry));
  }

  private candidate({ serverId, identity, history }: ServerEntry): Candidate {
    const { host, port, token } = identity;
    return {
      ...{ serverId, host, port },
      ...(token !== undefined && { token }),
      agents: this.parts.table.agents.size(serverId),
      cpuPercent: history.latest?.cpuPercent ?? 0,
    };
  }

  private canHave(entry: ServerEntry, item: AllocationItem, claimant: Claimant): boolean {
    const { kind, isAlive, serverId } = entry;
    const { className, builtIn, server } = item;
    const { classes, access, token, host, isLocal, instance, viaStudio } = entry.identity;
    const forRun = this.parts.managed.find(serverId)?.forRun;
    // Python's servers speak another language with callers of their agents.
    if (!isAlive || kind === "child" || instance === "") return false;
    if (forRun !== undefined && forRun !== claimant.runId) return false;
    if (access === "tls" || (access === "token" && (token === undefined || claimedRole(token) === "read")))
      return false;
    // What is reached through the daemon is a port of the daemon's machine.
    const isReachable = !isLoopback(host) || ((isLocal || viaStudio) && claimant.isLocal);
    // Whether the one that is named has the class, it says itself.
    if (server !== undefined) return isReachable && addressOf(entry) === server;
    return isReachable && (builtIn || classes?.includes(className) === true);
  }

  /** Starts what is missing, and adds the class to it. @returns why there is nothing to put such agents on, in a sentence. */
  private async provide(
    item: AllocationItem,
    { count, claimant }: { count: number; claimant: Claimant },
  ): Promise<string | undefined> {
    if (item.server !== undefined) return this.provideNamed(item, claimant);
    if (this.isEnough(item, { count, claimant })) return undefined;
    if (!claimant.isLocal) {
      return `no server that is there has the class ${item.className}, and the daemon starts servers for scripts of its own machine only`;
    }
    if (!item.builtIn && item.module === undefined) {
      return `no server that is there has the class ${item.className}, and the module that defines it is not known`;
    }
    try {
      await this.inTurn(claimant.cwd, async () => {
        if (!this.isEnough(item, { count, claimant })) await this.startFor(item, { count, claimant });
      });
    } catch (error) {
      const why = StudioError.from(error).message;
      if (this.candidates(item, claimant).length > 0) return undefined;
      return `no server that is there has the class ${item.className}, and the daemon can't start one: ${why}`;
    }
    return undefined;
  }

  /** A server of the daemon's own learns the class. */
  private async provideNamed(item: AllocationItem, claimant: Claimant): Promise<string | undefined> {
    const { className, builtIn, module, server } = item;
    const entry = [...this.parts.table.all()].find((one) => this.canHave(one, item, claimant));
    if (entry === undefined) return `no server that the script can enter is known at ${server}`;
    if (entry.kind === "managed" && !builtIn && module !== undefined && claimant.isLocal) {
      await addClass(entry, { className, url: module }).catch((error: unknown) => {
        this.parts.log.write("warning", entry.serverId, `${className}: ${StudioError.from(error).message}`);
      });
    }
    return undefined;
  }

  private isEnough(item: AllocationItem, { count, claimant }: { count: number; claimant: Claimant }): boolean {
    const candidates = this.candidates(item, claimant);
    const isOwn = ({ serverId }: Candidate) => this.parts.managed.find(serverId)?.forRun === claimant.runId;
    if (candidates.some((one) => !isOwn(one))) return true;
    const idle = candidates.filter((one) => this.allocator.load(one) === 0).length;
    const hasRoom = this.ofRuns.roomIn(claimant.cwd) > 0;
    return candidates.length > 0 && (idle >= Math.min(count, this.ofRuns.limit) || !hasRoom || !claimant.isLocal);
  }

  private async startFor(
    item: AllocationItem,
    { count, claimant }: { count: number; claimant: Claimant },
  ): Promise<void> {
    const { managed, log } = this.parts;
    const { cwd, runId } = claimant;
    const own = () => this.ofRuns.of(runId).filter(({ entry }) => entry.cwd === cwd && entry.isAlive);
    const idle = own().filter(({ entry }) => this.allocator.load(this.candidate(entry)) === 0).length;
    const missing = Math.min(Math.max(0, count - idle), this.ofRuns.roomIn(cwd));
    if (missing === 0 && own().length === 0) {
      throw new Error(
        `${this.ofRuns.limit} servers run for other runs of ${cwd}, as many as the machine runs at a time`,
      );
    }
    await this.ofRuns.makeRoom(cwd, missing);
    if (missing > 0)
      log.write("info", "daemon", `${missing} servers are started for agents of ${item.className} in ${cwd}`);
    const started = await Promise.allSettled(
      Array.from({ length: missing }, () => managed.start({ cwd, workers: 1 }, runId)),
    );
    const { className, module } = item;
    if (!item.builtIn && module !== undefined) {
      await Promise.all(own().map(({ entry }) => addClass(entry, { className, url: module })));
    }
    const failed = started.find((one) => one.status === "rejected");
    if (failed !== undefined && own().length === 0) throw failed.reason;
  }

  private async inTurn(cwd: string, work: () => Promise<void>): Promise<void> {
    const turn = (this.turns.get(cwd) ?? Promise.resolve()).then(work);
    const settled = turn.catch(() => {});
    this.turns.set(cwd, settled);
    try {
      await turn;
    } finally {
      if (this.turns.get(cwd) === settled) this.turns.delete(cwd);
    }
  }
}

async function addClass(entry: ServerEntry, added: { className: string; url: string }): Promise<void> {
  const classes = entry.identity.classes ?? [];
  if (classes.includes(added.className)) return;
  await entry.link.addClasses([added]);
  // The server tells of it, too; it may be asked for agents before that.
  entry.tellClasses([...new Set([...(entry.identity.classes ?? []), added.className])]);
}

function keyOf({ builtIn, className, module, server }: AllocationItem): string {
  return `${builtIn} ${className} ${module ?? ""} ${server ?? ""}`;
}

function addressOf({ identity: { host, port } }: ServerEntry): string {
  return formatAddress(host, port);
}
