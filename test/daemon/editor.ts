import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type StreamEvent, subscribe, subscriptionEvent, type Topic } from "agentscope-distributed-daemon/protocol";
import { type ClientInfo, type Discovery, hello, studioProtocolVersion } from "agentscope-distributed/studio";
import {
  createMessageConnection,
  type MessageConnection,
  type RequestType,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import { until } from "../processes/until.js";

/** A client of a daemon, as an editor is one. */
export class Editor implements AsyncDisposable {
  readonly rpc: MessageConnection;
  /** Settles when the connection has ended. */
  readonly closed: Promise<unknown>;
  private readonly events = new Map<string, StreamEvent[]>();

  private constructor(private readonly socket: Socket) {
    this.closed = once(socket, "close");
    socket.on("error", () => {});
    this.rpc = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
    this.rpc.onError(() => {});
    this.rpc.onClose(() => this.rpc.dispose());
    this.rpc.onNotification(subscriptionEvent, ({ subscriptionId, event }) => {
      this.events.set(subscriptionId, [...this.eventsOf(subscriptionId), event]);
    });
    this.rpc.listen();
  }

  static async connect({ pipe, token }: Discovery, kind: ClientInfo["kind"] = "editor"): Promise<Editor> {
    const socket = connect(pipe);
    await once(socket, "connect");
    const editor = new Editor(socket);
    const client = { kind, name: "a test's editor", version: "1", pid: process.pid };
    await editor.ask(hello, { protocolVersion: studioProtocolVersion, token, client });
    return editor;
  }

  ask<Params, Result>(type: RequestType<Params, Result, void>, params: Params): Promise<Result> {
    return this.rpc.sendRequest<Params, Result, void>(type, params as never);
  }

  /** Subscribes, and gives the id. */
  async watch(topic: Topic): Promise<string> {
    return (await this.ask(subscribe, topic)).subscriptionId;
  }

  /** What has come of a subscription. */
  eventsOf(subscriptionId: string): StreamEvent[] {
    return this.events.get(subscriptionId) ?? [];
  }

  /** The first event of a kind that fits, once it has come. */
  async sees<Kind extends StreamEvent["kind"]>(
    subscriptionId: string,
    kind: Kind,
    fits: (event: Extract<StreamEvent, { kind: Kind }>) => boolean = () => true,
  ): Promise<Extract<StreamEvent, { kind: Kind }>> {
    type Wanted = Extract<StreamEvent, { kind: Kind }>;
    return until(
      () =>
        this.eventsOf(subscriptionId).find((event): event is Wanted => event.kind === kind && fits(event as Wanted)),
      { timeoutMs: 10_000, what: `an event ${kind}` },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }
}
