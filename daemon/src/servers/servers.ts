import type { Socket } from "node:net";
import type {
  Allocation,
  AllocationItem,
  ResourceSample,
  ServerAttached,
  TunnelOrder,
} from "agentscope-distributed/studio";
import type { MessageConnection } from "vscode-jsonrpc";
import { StudioError } from "../errors.js";
import type { Home } from "../home/home.js";
import type { LogBook } from "../log/logBook.js";
import type { AgentRow, MessageRecord, Page, ServerRow } from "../protocol/model.js";
import type { StartServer } from "../protocol/requests.js";
import { Relays } from "../relay/relays.js";
import type { Store } from "../store/store.js";
import type { AgentQuery } from "./agentIndex.js";
import { AttachedServer } from "./attachedServer.js";
import { Attaching, type ServerPeer } from "./attaching.js";
import { ManagedServers } from "./managedServers.js";
import { NamedServers } from "./namedServers.js";
import { type Claimant, Placement } from "./placement.js";
import type { RestartLimits } from "./restartPlan.js";
import { RunAgentCounts } from "./runAgentCounts.js";
import { type MemoryQuery, ServerAgents } from "./serverAgents.js";
import type { ServerAddress } from "./serverAddress.js";
import { ServerTable } from "./serverTable.js";

export interface ServersOptions {
  log: LogBook;
  home: Home;
  store: Pick<Store, "managedServers" | "remoteServers" | "relayPorts">;
  /** What the daemon listens on: relays do, too. */
  bindHost: string;
  /** The run whose script a process is. */
  runOf: (instance: string) => string | undefined;
  /** When a run ended, in milliseconds since 1970; undefined while it goes on. */
  runEndedAt: (runId: string) => number | undefined;
  restartLimits?: RestartLimits;
  /** How many servers may have registered by HTTP. */
  maxRegistered: number;
  /** How long servers that were started for a run are kept after it, unless their place is needed, in milliseconds. Default: 10 minutes. */
  keptAfterRunMs?: number;
}

/** How long a server that is not the daemon's own may take to end when it was told to, in milliseconds. */
const stopMs = 10_000;

/** All agent servers that the daemon knows, and what can be done with them. */
export class Servers {
  private readonly table: ServerTable;
  private readonly managed: ManagedServers;
  private readonly named: NamedServers;
  private readonly relays: Relays;
  private readonly attaching: Attaching;
  private readonly placement: Placement;
  private readonly ofAgents: ServerAgents;
  private readonly ofRuns: RunAgentCounts;

  constructor(options: ServersOptions) {
    const { log, home, store, bindHost, runOf, runEndedAt, restartLimits, keptAfterRunMs, maxRegistered } = options;
    const table = new ServerTable({ log, runOf, runEndedAt });
    this.table = table;
    this.managed = new ManagedServers({
      ...{ table, home, log, store: store.managedServers },
      ...(restartLimits !== undefined && { restartLimits }),
    });
    this.named = new NamedServers({ table, store: store.remoteServers, maxRegistered });
    const { relayPorts } = store;
    this.relays = new Relays({ bindHost, log, relayPorts, ask: (serverId, order) => this.askTunnel(serverId, order) });
    table.removed.on((serverId) => void this.relays.forget(serverId));
    const { managed, named, relays } = this;
    this.attaching = new Attaching({ table, managed, named, relays });
    this.placement = new Placement({
      ...{ table, managed, log, runEndedAt },
      ...(keptAfterRunMs !== undefined && { keptAfterRunMs }),
    });
    this.ofAgents = new ServerAgents({ table, log });
    this.ofRuns = new RunAgentCounts(table, (instance) => table.runOf(instance));
  }

  /** The id of a server that came, changed or went; its resources alone are no change. */
  get changed(): ServerTable["changed"] {
    return this.table.changed;
  }

  /** The id of a server whose agents came or went. */
  get agentsChanged(): ServerTable["agentsChanged"] {
    return this.table.agentsChanged;
  }

  /** The id of a run of which more or fewer agents live on servers than before. */
  get runAgentsChanged(): RunAgentCounts["changed"] {
    return this.ofRuns.changed;
  }

  get sampled(): ServerTable["sampled"] {
    return this.table.sampled;
  }

  /** Of memories that are watched. */
  get memoryChanged(): ServerTable["memoryChanged"] {
    return this.table.memoryChanged;
  }

  /** A server can be spoken to, for the first time or again. */
  get attached(): ServerTable["attached"] {
    return this.table.attached;
  }

  rows(): ServerRow[] {
    return [...this.table.all()].map((entry) => entry.row());
  }

  row(serverId: string): ServerRow | undefined {
    return this.table.find(serverId)?.row();
  }

  /** How many agents live, on all servers. */
  get agentCount(): number {
    return [...this.table.all()].reduce((sum, { serverId }) => sum + this.table.agents.size(serverId), 0);
  }

  /** How many agents of a run live on servers; up to a second old, unless it is to be exact. */
  agentsOfRun(runId: string, options?: { exact?: boolean }): number {
    return this.ofRuns.of(runId, options);
  }

  /** How many agents of a class live on servers. */
  agentsOfClass(className: string): number {
    return this.table.agents.countOfClass(className);
  }

  /** Starts a server that the daemon keeps running; resolves when it is there. @throws StudioError with its last words. */
  async start(options: StartServer): Promise<ServerRow> {
    return (await this.managed.start(options)).row();
  }

  /**
   * Ends a server; one that the daemon started with all that it started, and for good.
   *
   * @throws StudioError when it can't be told, or does not end in time.
   */
  async stop(serverId: string): Promise<void> {
    const entry = this.table.get(serverId);
    if (this.managed.find(serverId) !== undefined) {
      await this.managed.stop(serverId);
      this.table.removeAgents(serverId);
      return;
    }
    const { link } = entry;
    entry.expectStop(true);
    try {
      // It may end before its answer is here.
      await link.stop().catch((error: unknown) => {
        if (entry.isAttached) throw error;
      });
      await this.untilEnded(serverId);
    } catch (error) {
      entry.expectStop(false);
      throw error;
    }
    this.named.forget(serverId);
    entry.stopped();
    this.table.removeAgents(serverId);
  }

  /** Takes in a server by its address; it stays until it is forgotten. @throws StudioError when none answers there. */
  async connect(at: ServerAddress): Promise<ServerRow> {
    return (await this.named.connect(at)).row();
  }

  /** Takes in a server that gives its id and address and nothing more: AgentScope 0.1's. @throws StudioError when the id is taken. */
  async registerByHttp({ serverId, ...at }: ServerAddress & { serverId: string }): Promise<ServerRow> {
    return (await this.named.register(serverId, at)).row();
  }

  /** Takes a server from the list. @throws StudioError when it is there, and is not one that was named. */
  forget(serverId: string): void {
    const entry = this.table.get(serverId);
    const isManaged = this.managed.find(serverId)?.isEnded === false;
    if (isManaged || (entry.isAttached && !this.named.has(serverId))) {
      throw StudioError.refused(`${serverId} is ${entry.shown.state}: stop it first`);
    }
    this.table.remove(serverId);
  }

  /** @param query with `states` servers are asked what each agent of the page does. */
  agents(query: AgentQuery & { states?: boolean }): Promise<Page<AgentRow>> {
    return this.ofAgents.list(query);
  }

  /** Deletes an agent; one that is lost is taken from the list. */
  deleteAgent(serverId: string, agentId: string): Promise<void> {
    return this.ofAgents.delete(serverId, agentId);
  }

  deleteAllAgents(serverId: string): Promise<void> {
    return this.ofAgents.deleteAll(serverId);
  }

  /** Gives the new agent. */
  cloneAgent(serverId: string, agentId: string): Promise<AgentRow> {
    return this.ofAgents.clone(serverId, agentId);
  }

  /** Messages that an agent remembers, oldest first. */
  memory(request: MemoryQuery): Promise<Page<MessageRecord>> {
    return this.ofAgents.memory(request);
  }

  /** From now on `memoryChanged` tells of the agent; gives what ends that. */
  watchMemory(serverId: string, agentId: string): () => void {
    return this.ofAgents.watchMemory(serverId, agentId);
  }

  async setModelConfigs(serverId: string, configs: Record<string, unknown>[]): Promise<void> {
    await this.table.get(serverId).link.setModelConfigs(configs);
  }

  /** Samples of the last hour, oldest first. @param sinceMs milliseconds since 1970 */
  history(serverId: string, sinceMs?: number): ResourceSample[] {
    return this.table.get(serverId).history.since(sinceMs);
  }

  /** A server for each item, or why there is none. */
  allocate(items: readonly AllocationItem[], claimant: Claimant): Promise<Allocation[]> {
    return this.placement.allocate(items, claimant);
  }

  /** The server with the fewest agents among those that let everybody in; undefined: none is there. */
  leastLoaded(): ServerRow | undefined {
    return this.placement.leastLoaded()?.row();
  }

  /** A server has come. @throws StudioError when it is refused. */
  attach(connection: MessageConnection, announcement: unknown, peer: ServerPeer): Promise<ServerAttached> {
    return this.attaching.attach(connection, announcement, peer);
  }

  /** A server has opened a tunnel that it was asked for. @returns false when nobody waits for it. */
  takeTunnel(tunnelId: string, socket: Socket): boolean {
    return this.relays.take(tunnelId, socket);
  }

  /** Finds servers of an earlier daemon again. */
  async recover(): Promise<void> {
    this.managed.recover();
    this.named.recover();
  }

  /**
   * Whether something needs the daemon: servers that it keeps running, and those that have come to it. What was started for a run needs
   * it as long as the run does: afterwards it is there to be looked at, by somebody who is connected.
   */
  get busy(): boolean {
    const isKept = [...this.managed.all()].some(({ isEnded, forRun }) => !isEnded && forRun === undefined);
    return isKept || [...this.table.all()].some(({ kind, isAttached }) => isAttached && kind === "independent");
  }

  /** Ends what the daemon started, and lets go of the others. */
  async close(): Promise<void> {
    this.placement[Symbol.dispose]();
    this.named[Symbol.dispose]();
    this.ofRuns[Symbol.dispose]();
    await this.managed.close();
    await this.relays[Symbol.asyncDispose]();
    this.table[Symbol.dispose]();
  }

  /** Lets go of all: what the daemon started runs on, and is found again by the next one. */
  leave(): void {
    this.placement[Symbol.dispose]();
    this.named[Symbol.dispose]();
    this.ofRuns[Symbol.dispose]();
    this.managed.leave();
    this.table[Symbol.dispose]();
  }

  private askTunnel(serverId: string, order: TunnelOrder): boolean {
    const entry = this.table.find(serverId);
    if (entry === undefined || !entry.isAttached || !(entry.link instanceof AttachedServer)) return false;
    entry.link.openTunnel(order);
    return true;
  }

  private async untilEnded(serverId: string): Promise<void> {
    const isEnded = () => this.table.find(serverId)?.isAttached !== true || this.named.has(serverId);
    if (isEnded()) return;
    const { changed } = this.table;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        remove();
        reject(StudioError.unreachable(`${serverId} has not ended within ${stopMs / 1000} s`));
      }, stopMs);
      const remove = changed.on((id) => {
        if (id !== serverId || !isEnded()) return;
        clearTimeout(timer);
        remove();
        resolve();
      });
    });
  }
}
