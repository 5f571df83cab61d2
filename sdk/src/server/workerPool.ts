import { AgentCallError, AgentScopeError, type ErrorCode } from "../errors.js";
import { isDebugged } from "../link/debugged.js";
import { failureFromWire } from "../link/failure.js";
import { addModelConfigs, receiveModelConfigs } from "../models/modelConfigs.js";
import type { CallBatch } from "../studio/callBatch.js";
import type { AgentDirReport } from "./agentDir.js";
import { askedForBy } from "../telemetry/environment.js";
import { EditorCalls } from "./editorCalls.js";
import type { Router } from "./router.js";
import type { ServedFiles } from "./servedFiles.js";
import { isReachable, type ServerOptions } from "./serverOptions.js";
import type { FromWorker, WorkerOptions } from "./workerMessages.js";
import { type WorkerListener, WorkerThread } from "./workerThread.js";

/** How often workers are asked whether they come round, and after how long without an answer they count as stuck. */
const pingMs = 500;
/** How long a worker may stand still in one file of the folder of agents, in milliseconds: longer than one that waits may take. */
const loadMs = 12_000;
/** How long agents may take to dispose of what they have when the server stops, in milliseconds. */
const disposeMs = 500;
/** The same where they also send what they have measured. */
const disposeAndSendMs = 2500;

/** Who is told of what happens to a server's agents. */
export interface PoolWatcher {
  /** Of the server. */
  instance: string;
  agentsChanged(worker: WorkerThread, change: { made: string[]; deleted: string[] }): void;
  memoryChanged(change: { agentId: string; total: number; generation: number }): void;
  callsHappened(batch: CallBatch): void;
}

/** The workers of a server: as many as it was started with, each replaced when it ends. */
export class WorkerPool implements WorkerListener {
  readonly editors = new EditorCalls();
  private readonly workers = new Map<number, WorkerThread>();
  private lastLane = 0;
  private watcher: PoolWatcher | undefined;
  private stopping = false;
  private readonly blockingFiles = new Set<string>();
  private pinging: NodeJS.Timeout | undefined;
  private report: ((report: AgentDirReport | undefined) => void) | undefined;
  private failed: ((error: AgentScopeError) => void) | undefined;
  private readonly firstLoaded = new Promise<AgentDirReport | undefined>((resolve, reject) => {
    this.report = resolve;
    this.failed = reject;
  });

  constructor(
    private readonly options: ServerOptions,
    private readonly router: Router,
    private readonly files: ServedFiles,
  ) {
    this.firstLoaded.catch(() => {});
  }

  start(): void {
    for (let count = 0; count < this.options.workers; count++) this.startWorker();
    this.pinging = setInterval(() => this.ping(), pingMs).unref();
  }

  private startWorker(): void {
    const { options } = this;
    const workerOptions: WorkerOptions = {
      serverId: options.serverId,
      log: options.log,
      maxPoolSize: options.maxPoolSize,
      maxTimeoutSeconds: options.maxTimeoutSeconds,
      callTimeoutSeconds: options.callTimeoutSeconds,
      classes: options.classes,
      agentDir: options.agentDir,
      blockingFiles: [...this.blockingFiles],
      modelConfigs: options.modelConfigs,
      mcpServers: options.mcpServers,
      saveDir: options.saveDir,
      stateFolder: options.stateFolder,
      limits: { ...options.limits, maxAgents: Math.ceil(options.limits.maxAgents / options.workers) },
      classesByModule: options.child,
      servesFiles: !options.child,
      studio: options.studio,
      token: options.token,
      tls: options.tls,
    };
    const worker = new WorkerThread(++this.lastLane, workerOptions, this);
    this.workers.set(worker.lane, worker);
    this.router.add(worker);
    if (this.watcher !== undefined) worker.post(["watchCalls", this.watcher.instance]);
  }

  /** Tells of the agents and calls of all workers, from now on; `undefined`: no longer. */
  watch(watcher: PoolWatcher | undefined): void {
    this.watcher = watcher;
    for (const worker of this.all) worker.post(["watchCalls", watcher?.instance]);
  }

  /** Resolves when a worker has loaded the classes. */
  loaded(): Promise<AgentDirReport | undefined> {
    return this.firstLoaded;
  }

  get all(): WorkerThread[] {
    return [...this.workers.values()];
  }

  get agentCount(): number {
    return this.all.reduce((sum, { agentCount }) => sum + agentCount, 0);
  }

  /** The worker that an agent lives in, as far as its report has come. */
  workerOf(agentId: string): WorkerThread | undefined {
    return this.all.find(({ agents }) => agents.has(agentId));
  }

  /**
   * Model configs for all workers, also for those that take the place of one that ends.
   *
   * @throws InvalidArgumentError when they can't be used, or should not be.
   */
  async receiveModelConfigs(sent: unknown): Promise<void> {
    const configs = receiveModelConfigs(sent, { isReachable: isReachable(this.options) });
    this.options.modelConfigs = addModelConfigs(this.options.modelConfigs, configs);
    // A worker that computes has them before its next turn.
    const attentive = this.all.filter(({ stuck }) => !stuck);
    for (const worker of this.all)
      if (worker.stuck) void worker.request({ kind: "modelConfigs", configs }).catch(() => {});
    await Promise.all(attentive.map((worker) => worker.request({ kind: "modelConfigs", configs })));
  }

  /**
   * Registers classes with all workers, also with those that take the place of one that ends.
   *
   * @throws InvalidArgumentError when one can't be loaded.
   */
  async addClasses(classes: { url: string; className: string }[]): Promise<void> {
    await Promise.all(this.all.map((worker) => worker.request({ kind: "addClasses", classes })));
    this.options.classes = [...this.options.classes, ...classes];
  }

  fromWorker(worker: WorkerThread, message: Exclude<FromWorker, ["answer", ...unknown[]]>): void {
    switch (message[0]) {
      case "loading":
        worker.loading = { file: message[1], since: performance.now() };
        return;
      case "loaded":
        worker.isLoaded = true;
        worker.loading = undefined;
        if (message[2] === undefined) this.report?.(message[1]);
        else this.failed?.(failureFromWire(message[2]));
        return;
      case "claim":
        worker.post(["claimed", message[1], this.claim(worker, message[2])]);
        return;
      case "serve":
        this.files.allow(message[1]);
        for (const other of this.all) if (other !== worker) other.post(["served", message[1]]);
        return;
      case "agents": {
        const { made, kindsOfMade, deleted } = message[1];
        for (const { holder } of kindsOfMade) this.router.leases?.agentMadeFor(holder);
        for (const id of deleted) this.router.leases?.agentDeleted(id);
        this.watcher?.agentsChanged(worker, { made, deleted });
        return;
      }
      case "memory":
        this.watcher?.memoryChanged({ agentId: message[1], total: message[2], generation: message[3] });
        return;
      case "editorCall":
        void this.editors.begin(worker, message[1], message[2]);
        return;
      case "editorGivenUp":
        this.editors.giveUp(worker, message[1]);
        return;
      case "calls":
        this.watcher?.callsHappened(message[1]);
        return;
      default:
        return this.router.fromWorker(worker, message);
    }
  }

  /** Gives an id that somebody has chosen to a worker, unless an agent of another one has it. */
  private claim(worker: WorkerThread, agentId: string): boolean {
    const isTaken = this.all.some(
      (other) => other !== worker && (other.agents.has(agentId) || other.claimed.has(agentId)),
    );
    if (!isTaken) worker.claimed.add(agentId);
    return !isTaken;
  }

  private ping(): void {
    const debugged = isDebugged();
    for (const worker of this.all) {
      worker.request({ kind: "ping", debugged }, pingMs).then(
        () => this.setStuck(worker, false),
        () => {
          this.setStuck(worker, true);
          // It may stand at a breakpoint.
          if (debugged) return;
          this.checkDeadline(worker);
          this.checkLoading(worker);
        },
      );
    }
  }

  /** A worker that computes without pause can't end its calls by itself when their time is over. */
  private checkDeadline(worker: WorkerThread): void {
    const { callTimeoutSeconds } = this.options;
    const stuckMs = performance.now() - worker.stuckSince;
    if (!worker.isLoaded || stuckMs < callTimeoutSeconds * 1000 || !this.workers.has(worker.lane)) return;
    const computing = [...worker.agents].filter(([, { number }]) => worker.isBusy(number));
    const [culprit] = computing;
    const names = computing.map(([, { name }]) => name);
    const who =
      names.length === 0
        ? "an agent in its constructor or setup"
        : `${names.length > 1 ? "one of " : ""}${listed(names)}`;
    const what = `${who} computed without pause for longer than callTimeoutSeconds (${callTimeoutSeconds} s), and the worker thread was ended`;
    const others = [...worker.agents.values()].filter(({ number }) => !worker.isBusy(number)).map(({ name }) => name);
    this.replace(worker, { code: "DEADLINE_EXCEEDED", message: what + lostWith(others), agentId: culprit?.[0] });
    void worker.terminate();
  }

  /** A file that blocks the thread which loads it is left out by the next one. */
  private checkLoading(worker: WorkerThread): void {
    const { loading } = worker;
    if (loading === undefined || performance.now() - loading.since < loadMs || !this.workers.has(worker.lane)) return;
    this.blockingFiles.add(loading.file);
    this.replace(worker, { code: "AGENT_NOT_FOUND", message: `its worker was blocked by ${loading.file}` });
    void worker.terminate();
  }

  private setStuck(worker: WorkerThread, stuck: boolean): void {
    if (worker.stuck === stuck) return;
    worker.stuck = stuck;
    if (stuck) worker.stuckSince = performance.now() - pingMs;
    this.router.lanesChanged();
  }

  workerEnded(worker: WorkerThread, reason: string): void {
    this.failed?.(new AgentScopeError("CREATION_FAILED", `a worker ended before it was ready: ${reason}`));
    this.replace(worker, { code: "AGENT_NOT_FOUND", message: `the worker thread of the agent ended: ${reason}` });
  }

  /** Ends a worker that an agent keeps busy; the agents that are lost with it are named in what their calls end with. */
  async kill(worker: WorkerThread, agentId: string): Promise<void> {
    const name = worker.agents.get(agentId)?.name ?? agentId;
    const others = [...worker.agents].filter(([id]) => id !== agentId).map(([, agent]) => agent.name);
    const message = `agent ${JSON.stringify(name)} was deleted while it computed, and its worker thread ended${lostWith(others)}`;
    this.replace(worker, { code: "AGENT_NOT_FOUND", message, agentId, deleted: true });
    await worker.terminate();
  }

  /** @param failure what calls of the lost agents end with; `agentId` is the agent that it names. */
  private replace(
    worker: WorkerThread,
    failure: { code: ErrorCode; message: string; agentId?: string | undefined; deleted?: boolean },
  ): void {
    this.workers.delete(worker.lane);
    this.editors.workerEnded(worker);
    this.watcher?.agentsChanged(worker, { made: [], deleted: [...worker.agents.keys()] });
    const server = this.router.endpoint.host.serverName;
    const { code, message, agentId = [...worker.agents.keys()][0] ?? "?" } = failure;
    const agent = { name: worker.agents.get(agentId)?.name ?? "?", id: agentId, server };
    // An agent that is made again when it is lost must not be when it was deleted.
    const cause = failure.deleted === true ? new AgentScopeError("CANCELLED", "it was deleted") : undefined;
    this.router.remove(worker, new AgentCallError(code, message, { agent, cause }));
    if (this.stopping) return;
    this.startWorker();
  }

  /** Ends all agents, for a moment by their `dispose`, and all workers. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.pinging);
    // Who computes without pause does not come to dispose of anything.
    const attentive = this.all.filter(({ stuck }) => !stuck);
    const limitMs = askedForBy(process.env) === undefined ? disposeMs : disposeAndSendMs;
    await Promise.allSettled(
      attentive.map((worker) => worker.request({ kind: "stop", keepState: !this.options.child }, limitMs)),
    );
    await Promise.allSettled(this.all.map((worker) => worker.terminate()));
  }
}

function lostWith(names: string[]): string {
  return names.length === 0 ? "" : `; with it were lost: ${listed(names)}`;
}

const namedInErrors = 20;

function listed(names: string[]): string {
  const shown = names.slice(0, namedInErrors).map((name) => JSON.stringify(name));
  const more = names.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
