import type { KnownAgent } from "./workerThread.js";

/** The server that has the agents. */
interface LeasingServer {
  /** Of this start of the server: what it made itself is its own. */
  instance: () => string;
  /** How long agents stay whose process is gone, in milliseconds. */
  graceMs: number;
  agents(): Iterable<[id: string, agent: KnownAgent]>;
  remove(agentId: string): Promise<unknown>;
}

/**
 * Agents belong to the process that made them, and to those that took hold of them (`connectExisting`). When all of these are gone, they
 * are orphaned, and removed after a while, unless one of them is back before.
 */
export class AgentLeases {
  /** How many connections each process has. */
  private readonly connections = new Map<string, number>();
  /** Processes that are gone and have left agents here; since when, in milliseconds since 1970. */
  private readonly gone = new Map<string, { sinceMs: number; timer: NodeJS.Timeout }>();
  private readonly takers = new Map<string, Set<string>>();

  constructor(private readonly server: LeasingServer) {}

  callerOpened(instance: string): void {
    this.connections.set(instance, (this.connections.get(instance) ?? 0) + 1);
    clearTimeout(this.gone.get(instance)?.timer);
    this.gone.delete(instance);
  }

  callerLost(instance: string): void {
    const left = (this.connections.get(instance) ?? 0) - 1;
    if (left > 0) {
      this.connections.set(instance, left);
      return;
    }
    this.connections.delete(instance);
    this.noteGone(instance);
  }

  /** Agents have been made for a process; its connection may have ended meanwhile. */
  agentMadeFor(holder: string): void {
    if (!this.isPresent(holder) && !this.gone.has(holder)) this.noteGone(holder);
  }

  /** A process takes hold of an agent that is there. */
  taken(agentId: string, instance: string): void {
    const takers = this.takers.get(agentId);
    if (takers === undefined) this.takers.set(agentId, new Set([instance]));
    else takers.add(instance);
  }

  agentDeleted(agentId: string): void {
    this.takers.delete(agentId);
  }

  private isPresent(instance: string): boolean {
    return instance === "" || instance === this.server.instance() || this.connections.has(instance);
  }

  private noteGone(instance: string): void {
    const timer = setTimeout(() => void this.graceEnded(instance), this.server.graceMs).unref();
    this.gone.set(instance, { sinceMs: Date.now(), timer });
  }

  private async graceEnded(instance: string): Promise<void> {
    const left = [...this.server.agents()].filter(
      ([id, agent]) => this.holders(id, agent).includes(instance) && this.orphanedSinceMs(id, agent) !== undefined,
    );
    for (const [id] of left) await this.server.remove(id).catch(() => {});
    // Back meanwhile, it has a new lease.
    if (!this.isPresent(instance)) this.gone.delete(instance);
  }

  private holders(agentId: string, { kind }: KnownAgent): string[] {
    return [kind.holder, ...(this.takers.get(agentId) ?? [])];
  }

  /** Whether there may be any. */
  get hasOrphans(): boolean {
    return this.gone.size > 0;
  }

  /** Since when nobody has an agent any more, in milliseconds since 1970; undefined: somebody has. */
  orphanedSinceMs(agentId: string, agent: KnownAgent): number | undefined {
    if (!this.hasOrphans) return undefined;
    const holders = this.holders(agentId, agent);
    if (holders.some((holder) => this.isPresent(holder))) return undefined;
    return Math.max(...holders.map((holder) => this.gone.get(holder)?.sinceMs ?? 0));
  }

  close(): void {
    for (const { timer } of this.gone.values()) clearTimeout(timer);
    this.gone.clear();
  }
}
