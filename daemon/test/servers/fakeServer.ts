import { randomUUID } from "node:crypto";
import { PassThrough } from "node:stream";
import {
  addClasses,
  type AgentBrief,
  agentMemory,
  agentStates,
  agentsChanged,
  classesChanged,
  cloneAgent,
  deleteAgent,
  deleteAllAgents,
  memoryChanged,
  type MessageRecord,
  openTunnel,
  resourcesSampled,
  type ResourceSample,
  type ServerAnnouncement,
  type ServerAttached,
  setModelConfigs,
  stopServer,
  thisMachine,
  watchMemory,
} from "agentscope-distributed/studio";
import { createMessageConnection, type MessageConnection } from "vscode-jsonrpc/node";
import type { Servers } from "../../src/servers/servers.js";

/** An agent server at the other end of the protocol: it speaks as real ones do, and does what a test says. */
export class FakeServer implements Disposable {
  readonly announcement: ServerAnnouncement;
  readonly watched: { agentId: string; on: boolean }[] = [];
  readonly added: { url: string; className: string }[] = [];
  readonly tunnels: string[] = [];
  readonly memories = new Map<string, MessageRecord[]>();
  /** When it answers nothing any more. */
  isStuck = false;
  refusesToStop = false;
  /** The host by which it reaches the daemon. */
  reachedHost = "127.0.0.1";
  private connection: MessageConnection | undefined;
  private daemonEnd: MessageConnection | undefined;

  constructor(about: Partial<ServerAnnouncement> = {}) {
    this.announcement = {
      serverId: "fake",
      instance: randomUUID(),
      host: "127.0.0.1",
      port: 12_001,
      // Alive for as long as the test.
      pid: process.pid,
      machine: thisMachine(),
      kind: "independent",
      classes: ["Echo"],
      access: "open",
      workers: 2,
      version: "0.1.0",
      startedAtMs: Date.now(),
      ...about,
    };
  }

  /** Connects and announces itself, as after a broken connection. @throws what the daemon refuses it with. */
  async attach(servers: Servers, agents: AgentBrief[] = []): Promise<ServerAttached> {
    this.disconnect();
    const [toDaemon, toServer] = [new PassThrough(), new PassThrough()];
    const daemonEnd = createMessageConnection(toDaemon, toServer);
    const connection = createMessageConnection(toServer, toDaemon);
    this.daemonEnd = daemonEnd;
    this.connection = connection;
    this.answer(connection);
    daemonEnd.listen();
    connection.listen();
    daemonEnd.onClose(() => daemonEnd.dispose());
    const { reachedHost } = this;
    const attached = await servers.attach(daemonEnd, this.announcement, { isLocal: true, reachedHost });
    if (agents.length > 0) await this.tell({ made: agents, all: true });
    return attached;
  }

  /** The connection breaks. */
  disconnect(): void {
    this.daemonEnd?.dispose();
    this.connection?.dispose();
  }

  [Symbol.dispose](): void {
    this.disconnect();
  }

  async tell({
    made = [],
    deleted = [],
    all,
  }: {
    made?: AgentBrief[];
    deleted?: string[];
    all?: boolean;
  }): Promise<void> {
    await this.connection?.sendNotification(agentsChanged, { made, deleted, ...(all !== undefined && { all }) });
  }

  async tellUse(use: Partial<ResourceSample> = {}): Promise<void> {
    await this.connection?.sendNotification(resourcesSampled, {
      atMs: Date.now(),
      cpuPercent: 1,
      memoryBytes: 1e8,
      eventLoopDelayMs: 1,
      agents: 0,
      running: 0,
      queued: 0,
      callsPerSecond: 0,
      ...use,
    });
  }

  async tellClasses(classes: string[]): Promise<void> {
    await this.connection?.sendNotification(classesChanged, { classes, problems: [] });
  }

  async tellMemory(agentId: string, total: number): Promise<void> {
    await this.connection?.sendNotification(memoryChanged, { agentId, total, generation: 0 });
  }

  /** Something that is not of the protocol. */
  async tellNonsense(method: string, params: object): Promise<void> {
    await this.connection?.sendNotification(method, params);
  }

  private answer(connection: MessageConnection): void {
    const never = new Promise<never>(() => {});
    connection.onRequest(agentStates, async ({ agentIds }) =>
      this.isStuck ? never : agentIds.map((agentId) => ({ agentId, state: "idle" as const, queueLength: 0 })),
    );
    connection.onRequest(agentMemory, ({ agentId, offset, limit }) => {
      const messages = this.memories.get(agentId) ?? [];
      return { total: messages.length, generation: 0, messages: messages.slice(offset, offset + limit) };
    });
    connection.onRequest(watchMemory, (watch) => void this.watched.push(watch));
    connection.onRequest(deleteAgent, ({ agentId }) => agentId !== "unknown");
    connection.onRequest(deleteAllAgents, () => {});
    connection.onRequest(cloneAgent, ({ agentId }) => `${agentId}-clone`);
    connection.onRequest(setModelConfigs, () => {});
    connection.onRequest(addClasses, ({ classes }) => void this.added.push(...classes));
    connection.onRequest(stopServer, () => {
      if (this.refusesToStop) throw new Error("not now");
      setImmediate(() => this.disconnect());
    });
    connection.onNotification(openTunnel, ({ tunnelId }) => void this.tunnels.push(tunnelId));
  }
}
