import { AgentScopeError } from "../errors.js";
import { isLoopback, type PeerInfo } from "../link/peer.js";
import type { AttachableServer, ServerListener } from "../studio/attachableServer.js";
import type {
  AgentBrief,
  AgentState,
  MemoryPage,
  MemoryRequest,
  ServerAnnouncement,
  ServerAttached,
} from "../studio/protocol.js";
import type { ResourceSample } from "../studio/resourceSample.js";
import { sdkVersion } from "../studio/sdkVersion.js";
import type { AgentDirReport } from "./agentDir.js";
import type { ManagedAgents } from "./managedAgents.js";
import { ResourceUse } from "./resourceUse.js";
import type { ServerOptions, StudioOptions } from "./serverOptions.js";
import type { WorkerPool } from "./workerPool.js";
import type { WorkerThread } from "./workerThread.js";

/** How long a worker may take to answer, in milliseconds. */
const answerMs = 500;

export interface WatchedParts {
  options: ServerOptions;
  studio: StudioOptions;
  self: PeerInfo;
  workers: WorkerPool;
  managed: ManagedAgents;
  /** What it listens on: the address of others, unless they reach it through the daemon. */
  address: { host: string; port: number };
  attached: (answer: ServerAttached) => void;
  tunnelled: AttachableServer["tunnelled"];
  stop: () => Promise<void>;
}

/** A server as the daemon sees it that it is attached to. */
export class WatchedServer implements AttachableServer {
  private readonly startedAtMs = Date.now();
  private listener: ServerListener | undefined;
  private use: ResourceUse | undefined;
  private found: AgentDirReport | undefined;
  private relay: ServerAttached["relay"];

  constructor(private readonly parts: WatchedParts) {}

  announcement(): ServerAnnouncement {
    const { options, studio, self, address } = this.parts;
    const { token, tls, workers } = options;
    const isNear = studio.url === undefined || isLoopback(new URL(studio.url).hostname);
    return {
      serverId: self.serverId,
      instance: self.instance,
      ...address,
      pid: process.pid,
      machine: self.machine,
      kind: studio.kind,
      ...(studio.parentInstance !== undefined && { parentInstance: studio.parentInstance }),
      classes: this.classes,
      access: tls !== undefined ? "tls" : token !== undefined ? "token" : "open",
      // Of a child's token its parent alone knows.
      ...(token !== undefined && isNear && studio.kind !== "child" && { token }),
      workers,
      version: sdkVersion,
      startedAtMs: this.startedAtMs,
      ...(studio.via === true && { viaStudio: true }),
      ...(this.relay !== undefined && { relay: this.relay }),
    };
  }

  private get classes(): string[] {
    const named = this.parts.options.classes.map(({ className }) => className);
    return [...new Set([...named, ...(this.found?.files ?? []).flatMap(({ classes }) => classes)])];
  }

  attached(answer: ServerAttached): void {
    this.relay = answer.relay;
    this.parts.attached(answer);
  }

  get localPort(): number {
    return this.parts.address.port;
  }

  tunnelled(localPort: number, callerPort: number | undefined): void {
    this.parts.tunnelled(localPort, callerPort);
  }

  listen(listener: ServerListener | undefined): void {
    const { workers, self } = this.parts;
    this.listener = listener;
    this.use?.stop();
    this.use = listener === undefined ? undefined : new ResourceUse(workers);
    workers.watch(
      listener && {
        instance: self.instance,
        agentsChanged: (worker, { made, deleted }) =>
          listener.agentsChanged(
            made.flatMap((id) => this.brief(worker, id)),
            deleted,
          ),
        memoryChanged: (change) => listener.memoryChanged(change),
        callsHappened: (batch) => listener.callsHappened(batch),
      },
    );
    if (listener !== undefined && this.found !== undefined) this.tellClasses();
  }

  /** The folder of agents was loaded. */
  classesLoaded(report: AgentDirReport | undefined): void {
    this.found = report;
    this.tellClasses();
  }

  private tellClasses(): void {
    const problems = (this.found?.files ?? []).flatMap(({ file, error }) =>
      error === undefined ? [] : [`${error.place ?? file}: ${error.message}`],
    );
    this.listener?.classesChanged({ classes: this.classes, problems });
  }

  *agents(): Generator<AgentBrief> {
    for (const worker of this.parts.workers.all) {
      for (const id of worker.agents.keys()) yield* this.brief(worker, id);
    }
  }

  /** None, when it is gone by now. */
  private brief(worker: WorkerThread, id: string): AgentBrief[] {
    const agent = worker.agents.get(id);
    if (agent === undefined) return [];
    const { className, maker } = agent.kind;
    return [[id, agent.name, className, maker || this.parts.self.instance]];
  }

  sample(): ResourceSample {
    this.use ??= new ResourceUse(this.parts.workers);
    return this.use.sample();
  }

  async states(agentIds: string[]): Promise<AgentState[]> {
    const byWorker = new Map<WorkerThread, string[]>();
    for (const id of agentIds) {
      const worker = this.parts.workers.workerOf(id);
      if (worker === undefined) continue;
      const ids = byWorker.get(worker);
      if (ids === undefined) byWorker.set(worker, [id]);
      else ids.push(id);
    }
    const states = await Promise.all([...byWorker].map(([worker, ids]) => this.statesIn(worker, ids)));
    return states.flat();
  }

  private async statesIn(worker: WorkerThread, agentIds: string[]): Promise<AgentState[]> {
    try {
      return (await worker.request({ kind: "states", agentIds }, answerMs)) as AgentState[];
    } catch {
      // One of its agents computes without pause.
      return agentIds.map((agentId) => {
        const { number = 0 } = worker.agents.get(agentId) ?? {};
        return { agentId, state: worker.isBusy(number) ? "running" : "unknown", queueLength: 0 };
      });
    }
  }

  async memoryPage(page: MemoryRequest): Promise<MemoryPage> {
    return (await this.ask(page.agentId, { kind: "memoryPage", page })) as MemoryPage;
  }

  async watchMemory(agentId: string, on: boolean): Promise<void> {
    await this.ask(agentId, { kind: "watchMemory", agentId, on });
  }

  private async ask(agentId: string, request: Parameters<WorkerThread["request"]>[0]): Promise<unknown> {
    const worker = this.parts.workers.workerOf(agentId);
    if (worker === undefined) {
      throw new AgentScopeError("AGENT_NOT_FOUND", `there is no agent with the id ${agentId}`);
    }
    return worker.request(request, answerMs);
  }

  deleteAgent(agentId: string): Promise<boolean> {
    return this.parts.managed.deleteAgent(agentId);
  }

  deleteAllAgents(): Promise<void> {
    return this.parts.managed.deleteAllAgents();
  }

  cloneAgent(agentId: string): Promise<string> {
    return this.parts.managed.cloneAgent(agentId);
  }

  setModelConfigs(configs: Record<string, unknown>[]): Promise<void> {
    return this.parts.managed.setModelConfigs(configs);
  }

  async addClasses(classes: { url: string; className: string }[]): Promise<void> {
    const { studio, workers } = this.parts;
    if (studio.kind !== "managed") {
      throw new AgentScopeError(
        "STUDIO_REFUSED",
        "only a server that a daemon has started is given classes by it: start this one with --agent-dir",
      );
    }
    await workers.addClasses(classes);
    this.tellClasses();
  }

  stop(): Promise<void> {
    return this.parts.stop();
  }
}
