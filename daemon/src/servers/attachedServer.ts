import {
  addClasses,
  agentMemory,
  agentStates,
  agentsChanged,
  type AgentState,
  classesChanged,
  cloneAgent,
  deleteAgent,
  deleteAllAgents,
  type MemoryPage,
  type MemoryRequest,
  memoryChanged,
  openTunnel,
  resourcesSampled,
  serverEnding,
  setModelConfigs,
  stopServer,
  type TunnelOrder,
  studioErrorCode,
  watchMemory,
} from "agentscope-distributed/studio";
import {
  CancellationTokenSource,
  type Disposable as Listener,
  type MessageConnection,
  type NotificationType,
  type RequestType,
} from "vscode-jsonrpc";
import { StudioError } from "../errors.js";
import { isAgentChanges, isClassList, isMemoryChange, isSample } from "./checkAnnouncement.js";
import type { ClassModule, LinkEvents, ServerLink } from "./serverLink.js";

/** How long a server may take to answer, in milliseconds: it has a thread that does nothing else. */
const answerMs = 10_000;
/** Constructors may load a model. */
const creationMs = 60_000;

/**
 * A server that opened a connection to the daemon and tells of itself.
 *
 * 1. It ends once: by `ended` of the events, whoever ended it; then everything that waits for an answer rejects, and nothing is told.
 * 2. A message that is not of the protocol ends it: what is known of the server would no longer be true.
 */
export class AttachedServer implements ServerLink {
  private readonly listeners: Listener[];
  private readonly waiting = new Set<(error: StudioError) => void>();
  private endedBy: string | undefined = undefined;

  /** @param name of the server, for errors. */
  constructor(
    private readonly connection: MessageConnection,
    private readonly name: string,
    private readonly events: LinkEvents,
  ) {
    this.listeners = [
      this.hear(agentsChanged, isAgentChanges, (changes) => events.agents(changes)),
      this.hear(resourcesSampled, isSample, (sample) => events.sample(sample)),
      this.hear(memoryChanged, isMemoryChange, (change) => events.memory(change)),
      this.hear(classesChanged, isClassList, ({ classes, problems }) => {
        events.classes(classes);
        for (const problem of problems) events.problem(problem);
      }),
      connection.onNotification(serverEnding, () => events.ending()),
      connection.onClose(() => this.end("its connection ended")),
      connection.onDispose(() => this.end("its connection was closed")),
    ];
  }

  states(agentIds: string[]): Promise<AgentState[]> {
    return this.ask(agentStates, { agentIds });
  }

  memory(request: MemoryRequest): Promise<MemoryPage> {
    return this.ask(agentMemory, request);
  }

  watchMemory(agentId: string, on: boolean): Promise<void> {
    return this.ask(watchMemory, { agentId, on });
  }

  deleteAgent(agentId: string): Promise<boolean> {
    return this.ask(deleteAgent, { agentId });
  }

  deleteAllAgents(): Promise<void> {
    return this.ask(deleteAllAgents, {});
  }

  cloneAgent(agentId: string): Promise<string> {
    return this.ask(cloneAgent, { agentId }, creationMs);
  }

  setModelConfigs(configs: Record<string, unknown>[]): Promise<void> {
    return this.ask(setModelConfigs, { configs });
  }

  addClasses(classes: ClassModule[]): Promise<void> {
    return this.ask(addClasses, { classes }, creationMs);
  }

  stop(): Promise<void> {
    return this.ask(stopServer, {});
  }

  /** Asks it to open a tunnel to the daemon. */
  openTunnel(order: TunnelOrder): void {
    if (this.endedBy === undefined) void this.connection.sendNotification(openTunnel, order).catch(() => {});
  }

  /** Whether it answers in time; a refusal is an answer, too. */
  async isAlive(timeoutMs: number): Promise<boolean> {
    return this.ask(agentStates, { agentIds: [] }, timeoutMs).then(
      () => true,
      (error: unknown) => (error as StudioError).code !== studioErrorCode.unreachable,
    );
  }

  [Symbol.dispose](): void {
    this.end("the daemon closed its connection");
  }

  private hear<P>(type: NotificationType<P>, is: (value: unknown) => value is P, tell: (value: P) => void): Listener {
    return this.connection.onNotification(type, (value: P) => {
      if (this.endedBy !== undefined) return;
      if (is(value)) tell(value);
      else this.end(`it sent a ${type.method} that is not of the protocol`);
    });
  }

  private async ask<P, R>(type: RequestType<P, R, void>, params: P, timeoutMs = answerMs): Promise<R> {
    if (this.endedBy !== undefined) throw this.gone();
    const cancel = new CancellationTokenSource();
    let timer: NodeJS.Timeout | undefined;
    let giveUp = (_error: StudioError) => {};
    const givenUp = new Promise<never>((_resolve, reject) => {
      giveUp = reject;
      this.waiting.add(reject);
      timer = setTimeout(() => {
        reject(StudioError.unreachable(`${this.name} has not answered within ${timeoutMs} ms (${type.method})`));
        cancel.cancel();
      }, timeoutMs);
    });
    try {
      return await Promise.race([this.connection.sendRequest<R>(type.method, params, cancel.token), givenUp]);
    } catch (thrown) {
      throw this.endedBy === undefined ? StudioError.from(thrown) : this.gone(thrown);
    } finally {
      clearTimeout(timer);
      this.waiting.delete(giveUp);
      cancel.dispose();
    }
  }

  private end(why: string): void {
    if (this.endedBy !== undefined) return;
    this.endedBy = why;
    for (const listener of this.listeners) listener.dispose();
    for (const giveUp of this.waiting) giveUp(this.gone());
    this.connection.dispose();
    this.events.ended(why);
  }

  private gone(cause?: unknown): StudioError {
    return StudioError.unreachable(`${this.name} is gone: ${this.endedBy}`, cause);
  }
}
