import {
  hello,
  type StreamEvent,
  studioProtocolVersion,
  subscribe,
  subscriptionEvent,
  type Topic,
  unsubscribe,
} from "agentscope-distributed-daemon/protocol";
import { createMessageConnection, type MessageConnection, type RequestType } from "vscode-jsonrpc/browser";
import type { Daemon, LinkState } from "../daemon/daemon.js";
import { SocketReader, SocketWriter } from "./socketMessages.js";

interface Followed {
  topic: Topic;
  listener: (event: StreamEvent) => void;
  /** On the connection of now. */
  subscriptionId?: string;
}

export interface SocketDaemonOptions {
  url: string;
  /** Whether the daemon still lets this browser in; asked when it refuses a connection. @throws when it does not answer. */
  mayEnter: () => Promise<boolean>;
  /** The page is to be loaded again: the daemon is another version than the page, or lets in this browser no more. */
  reload: () => void;
}

const requestTimeoutMs = 30_000;
const firstPauseMs = 250;
const longestPauseMs = 5000;

/**
 * The daemon behind a WebSocket, over all connections there will be.
 *
 * 1. {@link life} alone changes the connection.
 * 2. What is followed belongs to the page: each connection subscribes to it anew, and gets a whole snapshot.
 * 3. A request belongs to a connection: it fails when that ends, and is never sent twice.
 */
export class SocketDaemon implements Daemon {
  private readonly followed = new Set<Followed>();
  private readonly linkListeners = new Set<(state: LinkState) => void>();
  private link: LinkState = { kind: "connecting" };
  private rpc: MessageConnection | undefined;
  /** Of the daemon that the page came from. */
  private version: string | undefined;

  constructor(private readonly options: SocketDaemonOptions) {}

  /** Connects, and again whenever the connection ends, as long as the page is there. */
  async run(): Promise<never> {
    let pauseMs = 0;
    for (;;) {
      const wasConnected = await this.life();
      pauseMs = wasConnected ? firstPauseMs : Math.min(Math.max(pauseMs * 2, firstPauseMs), longestPauseMs);
      this.become({
        kind: "lost",
        reason: "The daemon is not there. What is shown may be old; it is looked for again.",
      });
      await pause(pauseMs);
      if (!wasConnected && !(await this.options.mayEnter().catch(() => true))) this.options.reload();
    }
  }

  async ask<Params, Result>(type: RequestType<Params, Result, void>, params: Params): Promise<Result> {
    const { rpc } = this;
    if (rpc === undefined) throw new Error("The daemon is not there.");
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, fail) => {
      const text = `The daemon has not answered within ${requestTimeoutMs / 1000} s.`;
      timer = setTimeout(() => fail(new Error(text)), requestTimeoutMs);
    });
    try {
      return await Promise.race([rpc.sendRequest<Params, Result, void>(type, params as never), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  follow(topic: Topic, listener: (event: StreamEvent) => void): () => void {
    const one: Followed = { topic, listener };
    this.followed.add(one);
    if (this.rpc !== undefined) void this.begin(one, this.rpc);
    return () => {
      if (this.followed.delete(one)) void this.end(one);
    };
  }

  onLink(listener: (state: LinkState) => void): () => void {
    const own = (state: LinkState) => listener(state);
    this.linkListeners.add(own);
    own(this.link);
    return () => void this.linkListeners.delete(own);
  }

  /** One connection, to its end; gives whether the daemon let it in. */
  private async life(): Promise<boolean> {
    const socket = new WebSocket(this.options.url);
    const closed = new Promise<void>((settle) => {
      socket.addEventListener("close", () => settle());
    });
    const opened = new Promise<void>((settle) => {
      socket.addEventListener("open", () => settle());
    });
    await Promise.race([opened, closed]);
    if (socket.readyState !== WebSocket.OPEN) return false;
    const rpc = createMessageConnection(new SocketReader(socket), new SocketWriter(socket));
    rpc.onError(() => {});
    // Else requests that have no answer would wait for ever.
    rpc.onClose(() => rpc.dispose());
    rpc.onNotification(subscriptionEvent, ({ subscriptionId, event }) => {
      for (const one of this.followed) if (one.subscriptionId === subscriptionId) one.listener(event);
    });
    rpc.listen();
    try {
      const { version } = await rpc.sendRequest(hello, {
        protocolVersion: studioProtocolVersion,
        client: { kind: "browser", name: "browser", version: `${studioProtocolVersion}`, pid: 0 },
      });
      this.version ??= version;
      if (version !== this.version) this.options.reload();
      this.rpc = rpc;
      this.become({ kind: "connected" });
      for (const one of this.followed) void this.begin(one, rpc);
      await closed;
      return true;
    } catch {
      socket.close();
      return false;
    } finally {
      this.rpc = undefined;
    }
  }

  private async begin(one: Followed, rpc: MessageConnection): Promise<void> {
    delete one.subscriptionId;
    try {
      const { subscriptionId } = await rpc.sendRequest(subscribe, one.topic);
      one.subscriptionId = subscriptionId;
      if (!this.followed.has(one)) await this.end(one);
    } catch (error) {
      // At the end of a connection the next one begins it anew.
      if (this.rpc !== rpc || !this.followed.has(one)) return;
      one.listener({ kind: "ended", reason: error instanceof Error ? error.message : String(error) });
    }
  }

  private async end({ subscriptionId }: Followed): Promise<void> {
    // Not begun yet: `begin` sees that nobody wants it.
    if (subscriptionId === undefined) return;
    // A connection that fails here ends all its subscriptions.
    await this.ask(unsubscribe, { subscriptionId }).catch(() => {});
  }

  private become(state: LinkState): void {
    this.link = state;
    for (const listener of this.linkListeners) listener(state);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((settle) => {
    setTimeout(settle, ms);
  });
}
