import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import {
  createMessageConnection,
  type MessageConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import { type Hello, hello, studioErrorCode, studioProtocolVersion } from "../../src/studio/protocol.js";
import { rpcPath, rpcUpgrade, type StudioAddress } from "../../src/studio/studioAddress.js";

/** A connection that a daemon of a test has: its end of the protocol, on a real socket. */
export interface FakeClient {
  rpc: MessageConnection;
  socket: Socket;
  hello: Hello;
}

export interface FakeDaemonOptions {
  port?: number;
  token?: string;
  protocolVersion?: number;
  /** Answers what a client announces and asks; registered before its `hello` is answered. */
  serve?: (client: FakeClient) => void;
  /** Other upgrades than that for JSON-RPC. */
  upgrade?: (request: IncomingMessage, socket: Socket, head: Buffer) => void;
}

/** The daemon's end of the protocol, by which tests see what an SDK says, and say what they want. */
export class FakeDaemon implements AsyncDisposable {
  readonly clients: FakeClient[] = [];
  readonly hellos: Hello[] = [];
  readonly port: number;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly http: Server,
    private readonly options: FakeDaemonOptions,
  ) {
    this.port = (http.address() as AddressInfo).port;
  }

  static async start(options: FakeDaemonOptions = {}): Promise<FakeDaemon> {
    const http = createServer((_request, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => {
      http.listen(options.port ?? 0, "127.0.0.1", resolve);
    });
    const daemon = new FakeDaemon(http, options);
    http.on("upgrade", (request, socket, head) => daemon.upgraded(request, socket as Socket, head));
    return daemon;
  }

  get address(): StudioAddress {
    return { url: `http://127.0.0.1:${this.port}`, token: this.options.token, isNamed: true };
  }

  private upgraded(request: IncomingMessage, socket: Socket, head: Buffer): void {
    this.sockets.add(socket);
    socket.on("error", () => {});
    socket.once("end", () => socket.end());
    socket.once("close", () => this.sockets.delete(socket));
    if (request.url !== rpcPath || request.headers.upgrade !== rpcUpgrade) {
      this.options.upgrade?.(request, socket, head);
      return;
    }
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${rpcUpgrade}\r\n\r\n`);
    if (head.length > 0) socket.unshift(head);
    const rpc = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
    rpc.onRequest(hello, (said) => {
      this.hellos.push(said);
      if (this.options.token !== undefined && said.token !== this.options.token) {
        return new ResponseError<void>(studioErrorCode.unauthenticated, "wrong token");
      }
      const client = { rpc, socket, hello: said };
      this.options.serve?.(client);
      this.clients.push(client);
      const { protocolVersion = studioProtocolVersion } = this.options;
      return { protocolVersion, version: "0.0.0", instance: "fake", pid: process.pid };
    });
    rpc.listen();
  }

  /** The connection that came last. */
  get client(): FakeClient {
    const client = this.clients.at(-1);
    if (client === undefined) throw new Error("nobody has connected");
    return client;
  }

  /** Ends it as a kill does: all its connections are gone, and nothing listens. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => {
      this.http.close(resolve);
    });
    for (const { rpc } of this.clients) rpc.dispose();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
