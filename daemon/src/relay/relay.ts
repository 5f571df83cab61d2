import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { TunnelOrder } from "agentscope-distributed/studio";
import type { Tunnels } from "./tunnels.js";

const joinedListeners = 20;

export interface RelayOptions {
  /** What to listen on. */
  bindHost: string;
  /** The port to listen on, if it is free. Default: any. */
  wantedPort?: number | undefined;
  tunnels: Tunnels;
  /** Sends the server the order to open a tunnel; false: it can't be told. */
  ask: (order: TunnelOrder) => boolean;
  warn: (text: string) => void;
  /** Connections at a time. Default 10,000. */
  maxConnections?: number;
}

export interface RelayCounters {
  open: number;
  opened: number;
  /** Bytes to the server, and from it; of connections that have ended. */
  bytesIn: number;
  bytesOut: number;
}

/**
 * A port of the daemon's host by which one server is reached that nobody can connect to: each connection is joined to one that the
 * server opens to the daemon. Bytes are passed on as they come and not looked at: token, TLS and resumption are between the two ends.
 * Nothing is held: a reader that is slow slows its writer by TCP's own flow control, both ways.
 */
export class Relay implements AsyncDisposable {
  readonly counters: RelayCounters = { open: 0, opened: 0, bytesIn: 0, bytesOut: 0 };
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly options: RelayOptions,
  ) {
    server.maxConnections = options.maxConnections ?? 10_000;
    server.on("connection", (socket: Socket) => void this.join(socket));
  }

  /** @throws Error when nothing can be listened on. */
  static async open(options: RelayOptions): Promise<Relay> {
    const { bindHost, wantedPort = 0 } = options;
    const server =
      (await listening(bindHost, wantedPort).catch((error: unknown) => {
        // Somebody else has it by now.
        if (wantedPort === 0) throw error;
        return undefined;
      })) ?? (await listening(bindHost, 0));
    return new Relay(server, options);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.server, "close");
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private async join(socket: Socket): Promise<void> {
    const { counters } = this;
    const isLeft = new AbortController();
    this.sockets.add(socket);
    counters.open += 1;
    counters.opened += 1;
    socket.setNoDelay(true);
    // A caller that leaves while there is no tunnel yet; errors are those of the pipeline below as soon as there is.
    socket.once("close", () => isLeft.abort());
    socket.on("error", () => {});
    try {
      const { remotePort: callerPort } = socket;
      const ask = (tunnelId: string) => this.options.ask({ tunnelId, ...(callerPort !== undefined && { callerPort }) });
      const tunnel = await this.options.tunnels.open({ ask, signal: isLeft.signal });
      tunnel.on("error", () => {});
      await joined(socket, tunnel);
    } catch (error) {
      if (!isLeft.signal.aborted) this.options.warn((error as Error).message);
    } finally {
      socket.destroy();
      counters.bytesIn += socket.bytesRead;
      counters.bytesOut += socket.bytesWritten;
      counters.open -= 1;
      this.sockets.delete(socket);
    }
  }
}

/** Settles when both ways have ended; the end of one way with an error ends the other. */
async function joined(socket: Socket, tunnel: Duplex): Promise<void> {
  // Two pipelines listen eight times to each one's end: with what others listen for, Node takes that for a leak.
  for (const end of [socket, tunnel]) end.setMaxListeners(joinedListeners);
  await Promise.all([pipeline(socket, tunnel), pipeline(tunnel, socket)]).catch((error: unknown) => {
    const { code } = error as { code?: string };
    // Both ends may leave as they like: processes end, links break.
    if (!["ERR_STREAM_PREMATURE_CLOSE", "ECONNRESET", "EPIPE", "ETIMEDOUT"].includes(code ?? "")) throw error;
  });
  tunnel.destroy();
}

async function listening(host: string, port: number): Promise<Server> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(port, host);
  await once(server, "listening");
  return server;
}
