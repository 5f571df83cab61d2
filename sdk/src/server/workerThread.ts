import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { AgentScopeError } from "../errors.js";
import { failureFromWire } from "../link/failure.js";
import { CallCounters, callCountersBytes } from "../runtime/callCounters.js";
import { busyBytes, isBusy } from "./agentReports.js";
import type {
  AgentKind,
  AgentReport,
  FromWorker,
  ToWorker,
  WorkerOptions,
  WorkerRequest,
  WorkerStart,
} from "./workerMessages.js";

/** Who is told what a worker says that is no answer. */
export interface WorkerListener {
  fromWorker(worker: WorkerThread, message: Exclude<FromWorker, ["answer", ...unknown[]]>): void;
  /** It ended by itself: the agents' code ended it, or ran out of memory. */
  workerEnded(worker: WorkerThread, reason: string): void;
}

interface PendingRequest {
  resolve(value: unknown): void;
  reject(error: AgentScopeError): void;
  timer: NodeJS.Timeout | undefined;
}

/** What a request to a worker ends with that did not answer in time: an agent of it computes. */
export class WorkerStuckError extends AgentScopeError {
  constructor() {
    super("DEADLINE_EXCEEDED", "the worker did not answer: one of its agents computes without pause");
  }
}

/** An agent as the I/O thread knows it. */
export interface KnownAgent {
  name: string;
  /** Within its worker. */
  number: number;
  /** Shared by those that were told of together. */
  kind: AgentKind;
}

const youngGenerationMb = 64;

/** Smaller frames are copied: that is as quick, and they share their buffers. */
const handedOverBytes = 64 * 1024;
/** What stands before a message in the buffer that gRPC makes for it. */
const grpcHeaderBytes = 5;

/** One worker thread, as the I/O thread sees it. */
export class WorkerThread {
  /** Its agents, by id. */
  readonly agents = new Map<string, KnownAgent>();
  /** How many calls it has. */
  readonly counters: CallCounters;
  /** Ids that were chosen for agents of it, until these are deleted. */
  readonly claimed = new Set<string>();
  /** It has not answered a ping for a while. */
  stuck = false;
  /** `performance.now()` when that began. */
  stuckSince = 0;
  /** Its classes are loaded. */
  isLoaded = false;
  /** The file of the folder of agents that it loads, and since when (`performance.now()`). */
  loading: { file: string; since: number } | undefined = undefined;
  private readonly busy = new SharedArrayBuffer(busyBytes);
  private readonly thread: Worker;
  private lastRequest = 0;
  private readonly requests = new Map<number, PendingRequest>();
  private ended = false;

  constructor(
    readonly lane: number,
    options: WorkerOptions,
    private readonly listener: WorkerListener,
  ) {
    const counters = new SharedArrayBuffer(callCountersBytes);
    this.counters = new CallCounters(counters);
    const start: WorkerStart = { lane, options, busy: this.busy, counters };
    this.thread = new Worker(fileURLToPath(new URL("./worker.js", import.meta.url)), {
      workerData: start,
      // Most objects of a call die young, if there is room for them until then.
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
    });
    let lastError: string | undefined;
    this.thread.on("message", (message: FromWorker) => this.received(message));
    this.thread.on("error", (error) => (lastError = error.stack ?? error.message));
    this.thread.on("exit", (code) => this.exited(lastError ?? `exit code ${code}`));
  }

  get agentCount(): number {
    return this.agents.size;
  }

  isBusy(agentNumber: number): boolean {
    return isBusy(new Uint8Array(this.busy), agentNumber);
  }

  /** @param handedOver buffers that this thread has no use for any more: they are moved, not copied. */
  post(message: ToWorker, handedOver: readonly ArrayBuffer[] = []): void {
    if (!this.ended) this.thread.postMessage(message, handedOver);
  }

  /** Passes on a frame that has come; what it is in is the worker's from then on, where it is in a buffer of its own. */
  passFrame(link: string, bytes: Uint8Array): void {
    const { buffer } = bytes;
    const isAlone = bytes.length >= handedOverBytes && buffer.byteLength - bytes.length <= grpcHeaderBytes;
    this.post(["frame", link, bytes], isAlone && buffer instanceof ArrayBuffer ? [buffer] : []);
  }

  /**
   * Asks the worker for something.
   *
   * @param timeoutMs how long an answer is waited for; without it as long as it takes.
   * @throws WorkerStuckError when there is none in time.
   */
  request(request: WorkerRequest, timeoutMs?: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = ++this.lastRequest;
      const timer =
        timeoutMs === undefined
          ? undefined
          : setTimeout(() => {
              this.requests.delete(id);
              reject(new WorkerStuckError());
            }, timeoutMs);
      this.requests.set(id, { resolve, reject, timer });
      if (this.ended) this.exited("it has ended");
      else this.post(["request", id, request]);
    });
  }

  private received(message: FromWorker): void {
    if (message[0] !== "answer") {
      if (message[0] === "agents") this.noteAgents(message[1]);
      this.listener.fromWorker(this, message);
      return;
    }
    const [, id, value, failure] = message;
    const pending = this.requests.get(id);
    this.requests.delete(id);
    clearTimeout(pending?.timer);
    if (failure === undefined) pending?.resolve(value);
    else pending?.reject(failureFromWire(failure));
  }

  private noteAgents({ made, names, numbers, kinds, kindsOfMade, deleted }: AgentReport): void {
    for (let index = 0; index < made.length; index++) {
      const id = made[index] as string;
      const name = names[index];
      const number = numbers[index];
      const kind = kindsOfMade[kinds[index] ?? -1];
      if (name !== undefined && number !== undefined && kind !== undefined) this.agents.set(id, { name, number, kind });
    }
    for (const id of deleted) {
      this.agents.delete(id);
      this.claimed.delete(id);
    }
  }

  private exited(reason: string): void {
    for (const pending of this.requests.values()) {
      clearTimeout(pending.timer);
      pending.reject(new AgentScopeError("AGENT_NOT_FOUND", `the worker has ended: ${reason}`));
    }
    this.requests.clear();
    if (this.ended) return;
    this.ended = true;
    this.listener.workerEnded(this, reason);
  }

  /** Ends the thread, whatever it does; `workerEnded` is not told. */
  async terminate(): Promise<void> {
    this.ended = true;
    await this.thread.terminate();
  }
}
