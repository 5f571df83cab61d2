import { AgentScopeError } from "../errors.js";
import type { PeerInfo } from "../link/peer.js";
import type { AgentSpec, ManagedServer, ServerInfo } from "../management/managedServer.js";
import { Msg, type MsgRecord } from "../messages/msg.js";
import type { Placeholder } from "../messages/placeholder.js";
import { RemoteAgent } from "../runtime/remoteAgent.js";
import { callAgent, callMethodOf } from "../runtime/handle.js";
import type { AgentLeases } from "./agentLeases.js";
import { ResourceSampler } from "./resourceSampler.js";
import type { Router } from "./router.js";
import type { ServedFiles } from "./servedFiles.js";
import type { WorkerPool } from "./workerPool.js";
import { WorkerStuckError, type WorkerThread } from "./workerThread.js";
import { newAgentId } from "../randomId.js";

/** How long a worker may take to answer before its agents count as out of reach, in milliseconds. */
const answerMs = 500;

/** How long reports of new agents are waited for, in milliseconds. */
const reportMs = 200;

/** How long the constructor and `setup` of a clone may take, in milliseconds. */
const cloneMs = 60_000;

/** The agents of a server as its management service sees them. */
export class ManagedAgents implements ManagedServer {
  private readonly resources = new ResourceSampler();
  private readonly handles = new Map<string, RemoteAgent>();

  constructor(
    private readonly server: {
      self: PeerInfo;
      router: Router;
      workers: WorkerPool;
      files: ServedFiles;
      leases: AgentLeases;
      stop: () => Promise<void>;
    },
  ) {}

  get serverId(): string {
    return this.server.self.serverId;
  }

  hasAgent(agentId: string): boolean {
    return this.server.workers.workerOf(agentId) !== undefined;
  }

  async createAgent({ agentId, className, args }: AgentSpec): Promise<void> {
    const { router } = this.server;
    const name = (args[0] as { name?: unknown } | undefined)?.name;
    const label = { name: typeof name === "string" ? name : agentId, id: agentId, server: this.server.self.address };
    const agent = new RemoteAgent(label, className);
    const spec = { id: agentId, idChosen: true, name: label.name, className, args, moduleUrl: undefined };
    agent.createOn(router.toWorkers, spec);
    await agent.ready();
    await this.reported(agentId);
  }

  /** Workers report their agents a moment after they are made. */
  private async reported(agentId: string): Promise<void> {
    if (!this.hasAgent(agentId)) await this.server.router.toWorkers.locate(agentId);
  }

  /** The worker of an agent that there may be. */
  private async find(agentId: string): Promise<WorkerThread | undefined> {
    await this.reported(agentId).catch(() => {});
    return this.server.workers.workerOf(agentId);
  }

  async deleteAgent(agentId: string): Promise<boolean> {
    const worker = await this.find(agentId);
    if (worker === undefined) return false;
    this.handles.delete(agentId);
    try {
      return (await worker.request({ kind: "delete", agentId }, answerMs)) === true;
    } catch (error) {
      if (!(error instanceof WorkerStuckError)) throw error;
      const agent = worker.agents.get(agentId);
      if (agent !== undefined && worker.isBusy(agent.number)) await this.server.workers.kill(worker, agentId);
      // Another agent keeps the worker busy: the request waits there, and what it deletes is no longer listed.
      else worker.agents.delete(agentId);
      return true;
    }
  }

  async deleteAllAgents(): Promise<void> {
    this.handles.clear();
    await Promise.all(
      this.server.workers.all.map(async (worker) => {
        try {
          await worker.request({ kind: "deleteAll" }, answerMs);
        } catch (error) {
          const [first] = worker.agents.keys();
          if (error instanceof WorkerStuckError && first !== undefined) await this.server.workers.kill(worker, first);
        }
      }),
    );
  }

  async cloneAgent(agentId: string): Promise<string> {
    const worker = await this.find(agentId);
    if (worker === undefined) throw unknownAgent(agentId);
    const newId = newAgentId();
    await worker.request({ kind: "clone", agentId, newId }, cloneMs);
    await this.reported(newId);
    return newId;
  }

  async agentThumbnails(): Promise<string[]> {
    const lists = await Promise.all(
      this.server.workers.all.map((worker) =>
        (worker.request({ kind: "thumbnails" }, answerMs) as Promise<string[]>).catch(() => knownThumbnails(worker)),
      ),
    );
    return lists.flat().map((thumbnail) => this.withLease(thumbnail));
  }

  /** Says of an orphaned agent since when it is. */
  private withLease(thumbnail: string): string {
    const { leases, workers } = this.server;
    if (!leases.hasOrphans) return thumbnail;
    const shown = JSON.parse(thumbnail) as { agent_id?: unknown };
    const id = String(shown.agent_id);
    const agent = workers.workerOf(id)?.agents.get(id);
    const sinceMs = agent && leases.orphanedSinceMs(id, agent);
    return sinceMs === undefined
      ? thumbnail
      : JSON.stringify({ ...shown, orphaned_since: new Date(sinceMs).toISOString() });
  }

  async agentMemory(agentId: string): Promise<Msg[]> {
    const worker = await this.find(agentId);
    if (worker === undefined) throw unknownAgent(agentId);
    const records = (await worker.request({ kind: "memory", agentId }, answerMs)) as MsgRecord[];
    return records.map((record) => Msg.restore(record));
  }

  async info(): Promise<ServerInfo> {
    const { self, workers } = this.server;
    // Workers report their agents a moment later: an answered ping means that all reports before it are here.
    const attentive = workers.all.filter(({ stuck }) => !stuck);
    await Promise.allSettled(attentive.map((worker) => worker.request({ kind: "ping" }, reportMs)));
    return {
      pid: process.pid,
      id: self.serverId,
      cpu: this.resources.cpuPercent(),
      mem: this.resources.memoryMb(),
      size: workers.agentCount,
      instance: self.instance,
      workers: workers.all.map(({ lane, agentCount, stuck }) => ({ lane, agents: agentCount, stuck })),
    };
  }

  async setModelConfigs(configs: Record<string, unknown>[]): Promise<void> {
    await this.server.workers.receiveModelConfigs(configs);
  }

  async callAgent(
    agentId: string,
    func: "_reply" | "_observe",
    input: Msg | Msg[] | undefined,
  ): Promise<Msg | undefined> {
    const agent = this.handle(agentId);
    if (func === "_observe") {
      await callMethodOf(agent, "observe", [input]);
      return undefined;
    }
    const reply: Placeholder = callAgent(agent, input);
    return reply;
  }

  /** One for each agent, so that its calls from here keep their order. */
  private handle(agentId: string): RemoteAgent {
    const known = this.handles.get(agentId);
    if (known !== undefined) return known;
    const { router, workers, self } = this.server;
    const worker = workers.workerOf(agentId);
    const entry = worker?.agents.get(agentId);
    if (worker === undefined || entry === undefined) throw unknownAgent(agentId);
    const agent = new RemoteAgent({ name: entry.name, id: agentId, server: self.address }, entry.kind.className);
    agent.bindTo(router.toWorkers.session(worker.lane));
    this.handles.set(agentId, agent);
    return agent;
  }

  readableFile(path: string): Promise<string> {
    return this.server.files.readable(path);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

/** What is known of the agents of a worker that does not answer. */
function knownThumbnails(worker: WorkerThread): string[] {
  return [...worker.agents].map(([id, { name, kind }]) =>
    JSON.stringify({ name, type: kind.className, sys_prompt: null, agent_id: id, model: null }),
  );
}

function unknownAgent(agentId: string): AgentScopeError {
  return new AgentScopeError("AGENT_NOT_FOUND", `there is no agent with the id ${agentId}`);
}
