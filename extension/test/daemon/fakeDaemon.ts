import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  hello,
  type StreamEvent,
  studioErrorCode,
  studioProtocolVersion,
  subscribe,
  subscriptionEvent,
  type Topic,
  unsubscribe,
} from "agentscope-distributed-daemon/protocol";
import { discoveryPath } from "agentscope-distributed/studio";
import {
  createMessageConnection,
  type MessageConnection,
  type RequestType,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";

interface Guest {
  socket: Socket;
  rpc: MessageConnection;
}

/** The other end of the wire: a real socket, found by a real discovery file, that answers what the test says. */
export class FakeDaemon implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "fake-daemon-"));
  readonly instance = randomUUID();
  private readonly token = createHash("sha256").update(this.instance).digest("hex");
  readonly subscriptions = new Map<string, Topic>();
  /** Nothing is answered while this is set: a process that was stopped. */
  isFrozen = false;
  private readonly guests = new Set<Guest>();
  private readonly answers: ((rpc: MessageConnection) => void)[] = [];
  private server: Server | undefined;

  static async start(): Promise<FakeDaemon> {
    const daemon = new FakeDaemon();
    await daemon.listen();
    return daemon;
  }

  get env(): NodeJS.ProcessEnv {
    return { AGENTSCOPE_STATE_DIR: this.folder };
  }

  get clients(): number {
    return this.guests.size;
  }

  answer<Params, Result>(type: RequestType<Params, Result, void>, give: (params: Params) => Result | Promise<Result>) {
    const add = (rpc: MessageConnection) => void rpc.onRequest<Params, Result, void>(type, give as never);
    this.answers.push(add);
    for (const { rpc } of this.guests) add(rpc);
  }

  subscribe(topic: Topic): { subscriptionId: string } {
    const subscriptionId = randomUUID();
    this.subscriptions.set(subscriptionId, topic);
    return { subscriptionId };
  }

  /** Tells those that watch a topic. */
  async tell(topic: Topic["topic"], event: StreamEvent): Promise<void> {
    for (const [subscriptionId, watched] of this.subscriptions) {
      if (watched.topic !== topic) continue;
      for (const { rpc } of this.guests) await rpc.sendNotification(subscriptionEvent, { subscriptionId, event });
    }
  }

  /** As when the process is killed: no word, and nobody listens any more. */
  async die(): Promise<void> {
    for (const { socket } of this.guests) socket.destroy();
    this.subscriptions.clear();
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }

  async listen(): Promise<void> {
    const pipe = join(this.folder, "daemon.sock");
    rmSync(pipe, { force: true });
    const server = createServer((socket) => this.welcome(socket));
    this.server = server;
    await new Promise<void>((resolve) => {
      server.listen(pipe, resolve);
    });
    const discovery = { pid: process.pid, instance: this.instance, pipe, url: "http://127.0.0.1:1", token: this.token };
    writeFileSync(discoveryPath(this.folder), JSON.stringify(discovery));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.die();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private welcome(socket: Socket): void {
    const rpc = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
    const guest = { socket, rpc };
    this.guests.add(guest);
    socket.once("close", () => {
      rpc.dispose();
      this.guests.delete(guest);
    });
    if (this.isFrozen) return;
    rpc.onRequest(hello, ({ token }) => {
      if (token !== this.token) return new ResponseError(studioErrorCode.unauthenticated, "wrong token");
      const { instance } = this;
      return { protocolVersion: studioProtocolVersion, version: "0.1.0", instance, pid: process.pid };
    });
    rpc.onRequest(subscribe, (topic) => this.subscribe(topic));
    rpc.onRequest(unsubscribe, ({ subscriptionId }) => {
      this.subscriptions.delete(subscriptionId);
      return {};
    });
    for (const add of this.answers) add(rpc);
    rpc.listen();
  }
}
