import { type StreamEvent, subscribe, type Topic, unsubscribe } from "agentscope-distributed-daemon/protocol";
import type { Discovery } from "agentscope-distributed/studio";
import type { CancellationToken, RequestType } from "vscode-jsonrpc/node";
import { type ConnectionOptions, DaemonConnection, type RequestOptions } from "./daemonConnection.js";
import { DaemonFailure } from "./daemonFailure.js";
import type { JoinedDaemon } from "./daemonLauncher.js";
import { Listeners } from "./listeners.js";
import { timeLimit } from "./timeLimit.js";

export interface ClientOptions extends ConnectionOptions {
  join: () => Promise<JoinedDaemon>;
  /** The first pause before joining is tried again, doubled up to `longestPauseMs`; default: 100 ms and 10 s. */
  firstPauseMs?: number;
  longestPauseMs?: number;
}

/**
 * - `connecting`: a daemon is looked for, or started
 * - `connected`; `silent`: it did not answer in time, and has said nothing since
 * - `down`: there is none; it is tried again by itself
 */
export type ClientState =
  | { kind: "connecting" }
  | { kind: "connected"; connection: DaemonConnection; silent: boolean; started: boolean }
  | { kind: "down"; failure: DaemonFailure }
  | { kind: "closed" };

interface Watch {
  topic: Topic;
  listener: (event: StreamEvent) => void;
  /** On the connection of now; undefined: not answered yet. */
  subscriptionId?: string;
}

/** A daemon that lived this long is joined again at once when it ends: it does not fail at its start. */
const steadyMs = 10_000;

/**
 * The window's way to the daemon, over all connections there will be.
 *
 * 1. `run` alone changes the connection; everything else waits for it or wakes it.
 * 2. A watch belongs to the client: each connection subscribes to it anew, and gets a whole snapshot.
 * 3. A request belongs to a connection: it fails when that ends, and is never sent twice.
 */
export class DaemonClient {
  readonly stateChanged = new Listeners<ClientState>();
  private current: ClientState = { kind: "connecting" };
  private readonly watches = new Set<Watch>();
  private readonly answers: ((connection: DaemonConnection) => void)[] = [];
  private wake = () => {};

  constructor(private readonly options: ClientOptions) {}

  get state(): ClientState {
    return this.current;
  }

  /** Of the daemon that is connected. */
  get discovery(): Discovery | undefined {
    return this.current.kind === "connected" ? this.current.connection.discovery : undefined;
  }

  /** Joins a daemon, and another one whenever it ends; resolves when the client is closed. */
  async run(): Promise<void> {
    const { firstPauseMs = 100, longestPauseMs = 10_000 } = this.options;
    let pauseMs = 0;
    while (this.current.kind !== "closed") {
      if (pauseMs > 0) await this.pause(pauseMs);
      const lifeMs = await this.life();
      pauseMs = lifeMs > steadyMs ? 0 : Math.min(Math.max(pauseMs * 2, firstPauseMs), longestPauseMs);
    }
  }

  /** Tries to join a daemon now instead of later. */
  retry(): void {
    this.wake();
  }

  /** @throws DaemonFailure */
  async request<Params, Result>(
    type: RequestType<Params, Result, void>,
    params: Params,
    options?: RequestOptions,
  ): Promise<Result> {
    const connection = await this.connection(options?.timeoutMs ?? this.options.timeoutMs);
    return connection.request(type, params, options);
  }

  /** Streams a topic to the listener, on every connection there will be; gives what ends it. */
  watch(topic: Topic, listener: (event: StreamEvent) => void): () => void {
    const watch: Watch = { topic, listener };
    this.watches.add(watch);
    if (this.current.kind === "connected") void this.subscribe(watch, this.current.connection);
    return () => {
      if (!this.watches.delete(watch)) return;
      if (this.current.kind === "connected") void this.unsubscribe(watch, this.current.connection);
    };
  }

  /** Answers what the daemon asks, on every connection there will be from now on. */
  answer<Params, Result>(
    type: RequestType<Params, Result, void>,
    give: (params: Params, connection: DaemonConnection, token: CancellationToken) => Promise<Result>,
  ): void {
    this.answers.push((connection) => connection.answer(type, (params, token) => give(params, connection, token)));
  }

  close(): void {
    const { current } = this;
    this.become({ kind: "closed" });
    if (current.kind === "connected") current.connection.close();
    this.watches.clear();
    this.wake();
  }

  /** One connection from its beginning to its end; gives how long it was there. */
  private async life(): Promise<number> {
    if (this.current.kind === "closed") return 0;
    this.become({ kind: "connecting" });
    try {
      const joined = await this.options.join();
      const connection = await DaemonConnection.open(joined, this.options);
      if (this.isClosed()) {
        connection.close();
        return 0;
      }
      const begunAt = performance.now();
      this.connected(connection, joined.started);
      await connection.ended;
      return performance.now() - begunAt;
    } catch (error) {
      this.become({ kind: "down", failure: DaemonFailure.from(error) });
      return 0;
    }
  }

  private connected(connection: DaemonConnection, started: boolean): void {
    const become = (silent: boolean) => this.become({ kind: "connected", connection, silent, started });
    connection.subscriptionEvents.on(({ subscriptionId, event }) => {
      for (const watch of this.watches) if (watch.subscriptionId === subscriptionId) watch.listener(event);
    });
    connection.silenceChanged.on(become);
    for (const add of this.answers) add(connection);
    become(false);
    for (const watch of this.watches) void this.subscribe(watch, connection);
  }

  private async subscribe(watch: Watch, connection: DaemonConnection): Promise<void> {
    delete watch.subscriptionId;
    try {
      // Patient: a daemon that was asked subscribes when it comes to it, and would tell nobody.
      const { subscriptionId } = await connection.request(subscribe, watch.topic, { isPatient: true });
      watch.subscriptionId = subscriptionId;
      if (!this.watches.has(watch)) await this.unsubscribe(watch, connection);
    } catch (error) {
      const failure = DaemonFailure.from(error);
      // The connection is at its end, and the next one subscribes anew.
      if (failure.code === "down") return;
      // What is watched is not there.
      if (this.watches.has(watch)) watch.listener({ kind: "ended", reason: failure.message });
    }
  }

  private async unsubscribe({ subscriptionId }: Watch, connection: DaemonConnection): Promise<void> {
    // Not subscribed yet: the answer to that sees that nobody wants it.
    if (subscriptionId === undefined) return;
    // A connection that fails here ends all its subscriptions.
    await connection.request(unsubscribe, { subscriptionId }).catch(() => {});
  }

  /** @throws DaemonFailure when there is no daemon, or none within the time. */
  private async connection(timeoutMs: number): Promise<DaemonConnection> {
    if (this.current.kind === "connecting") {
      let stop = () => {};
      const settled = new Promise<void>((resolve) => {
        stop = this.stateChanged.on(({ kind }) => kind !== "connecting" && resolve());
      });
      const failure = () => new DaemonFailure("down", `No daemon was there within ${timeoutMs / 1000} s.`);
      await timeLimit(settled, { timeoutMs, failure }).finally(stop);
    }
    const { current } = this;
    if (current.kind === "connected") return current.connection;
    throw current.kind === "down" ? current.failure : new DaemonFailure("down", "The window is closing.");
  }

  private become(state: ClientState): void {
    if (this.isClosed()) return;
    this.current = state;
    this.stateChanged.tell(state);
  }

  private isClosed(): boolean {
    return this.current.kind === "closed";
  }

  private async pause(pauseMs: number): Promise<void> {
    if (this.isClosed()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = () => {};
  }
}
