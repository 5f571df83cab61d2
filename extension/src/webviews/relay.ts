import {
  type StreamEvent,
  subscribe,
  subscriptionEvent,
  type Topic,
  unsubscribe,
} from "agentscope-distributed-daemon/protocol";
import { type EditorLink, editorLink, type PageMessage, pageReady } from "agentscope-distributed-webview/shell";
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
  type DataCallback,
  type Disposable,
  ErrorCodes,
  type Message,
  type MessageConnection,
  RequestType,
  ResponseError,
} from "vscode-jsonrpc/node";
import type { ClientState, DaemonClient } from "../daemon/daemonClient.js";
import { Listeners } from "../daemon/listeners.js";

/** What a page may ask of the daemon and follow; nothing else is passed on. */
export interface Allowed {
  requests: readonly { readonly method: string }[];
  topics: readonly Topic["topic"][];
}

/** A way to the page that is in the panel at the moment. */
export interface PagePort {
  post(message: PageMessage): void;
}

/**
 * One page's conversation, from its first message to its end. What it asks of the daemon is answered by the window's client; what
 * it follows ends with it.
 */
export class Relay {
  readonly rpc: MessageConnection;
  private readonly arrived = new Listeners<Message>();
  private readonly watches = new Map<string, () => void>();
  private readonly removals: (() => void)[] = [];
  private lastId = 0;
  private isOpen = true;

  constructor(
    private readonly client: Pick<DaemonClient, "request" | "watch" | "state" | "stateChanged">,
    private readonly page: string,
    { port, allowed }: { port: PagePort; allowed: Allowed },
  ) {
    this.rpc = createMessageConnection(new PageReader(this.arrived), new PageWriter(page, port));
    // Of a page that is gone by now.
    this.rpc.onError(() => {});
    for (const { method } of allowed.requests) {
      this.rpc.onRequest(method, (params: unknown) => this.ask(method, params));
    }
    this.rpc.onRequest(subscribe, (topic) => this.begin(topic, allowed));
    this.rpc.onRequest(unsubscribe, ({ subscriptionId }) => this.end(subscriptionId));
    this.rpc.onNotification(pageReady, () => this.tellLink(client.state));
    this.removals.push(client.stateChanged.on((state) => this.tellLink(state)));
    this.rpc.listen();
  }

  take({ page, message }: PageMessage): void {
    if (page === this.page && this.isOpen) this.arrived.tell(message);
  }

  isOf(page: string): boolean {
    return page === this.page;
  }

  dispose(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    for (const remove of this.removals) remove();
    for (const stop of this.watches.values()) stop();
    this.watches.clear();
    this.rpc.dispose();
  }

  private async ask(method: string, params: unknown): Promise<unknown> {
    try {
      return await this.client.request(new RequestType<unknown, unknown, void>(method), params);
    } catch (error) {
      throw new ResponseError<void>(ErrorCodes.InternalError, error instanceof Error ? error.message : String(error));
    }
  }

  private begin(topic: Topic, { topics }: Allowed): { subscriptionId: string } {
    if (!topics.includes(topic?.topic)) {
      throw new ResponseError<void>(ErrorCodes.InvalidParams, `this view does not follow ${topic?.topic}`);
    }
    const subscriptionId = String(++this.lastId);
    const tell = (event: StreamEvent) => {
      if (this.isOpen) void this.rpc.sendNotification(subscriptionEvent, { subscriptionId, event });
    };
    this.watches.set(subscriptionId, this.client.watch(topic, tell));
    return { subscriptionId };
  }

  private end(subscriptionId: string): Record<string, never> {
    this.watches.get(subscriptionId)?.();
    this.watches.delete(subscriptionId);
    return {};
  }

  private tellLink(state: ClientState): void {
    if (this.isOpen) void this.rpc.sendNotification(editorLink, linkOf(state));
  }
}

function linkOf(state: ClientState): EditorLink {
  switch (state.kind) {
    case "connecting":
      return { kind: "connecting" };
    case "connected":
      return state.silent ? { kind: "lost", reason: "The daemon does not answer." } : { kind: "connected" };
    case "down":
      return { kind: "lost", reason: state.failure.message };
    case "closed":
      return { kind: "lost", reason: "The window is closing." };
  }
}

class PageReader extends AbstractMessageReader {
  constructor(private readonly arrived: Listeners<Message>) {
    super();
  }

  listen(callback: DataCallback): Disposable {
    return { dispose: this.arrived.on(callback) };
  }
}

class PageWriter extends AbstractMessageWriter {
  constructor(
    private readonly page: string,
    private readonly port: PagePort,
  ) {
    super();
  }

  async write(message: Message): Promise<void> {
    this.port.post({ page: this.page, message });
  }

  end(): void {}
}
