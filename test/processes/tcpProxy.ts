import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** What becomes of the bytes of one direction. */
type Treatment = (bytes: Buffer, to: Socket) => void;

const pass: Treatment = (bytes, to) => void to.write(bytes);

/** A network between two processes that a test can break. */
export class TcpProxy implements AsyncDisposable {
  /** Connections that were made through it so far. */
  accepted = 0;
  private readonly sockets = new Set<Socket>();
  private treatment: Treatment = pass;
  private readonly timers = new Set<NodeJS.Timeout>();

  private constructor(
    private readonly server: Server,
    private readonly targetPort: number,
  ) {}

  static async start(targetPort: number): Promise<TcpProxy> {
    const server = createServer({ noDelay: true });
    const proxy = new TcpProxy(server, targetPort);
    server.on("connection", (socket) => proxy.join(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get at(): { host: string; port: number } {
    return { host: "127.0.0.1", port: this.port };
  }

  private join(near: Socket): void {
    this.accepted++;
    const far = connect({ port: this.targetPort, host: "127.0.0.1", noDelay: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.on("data", (bytes) => this.treatment(bytes, to));
      from.on("error", () => {});
      from.on("close", () => {
        this.sockets.delete(from);
        to.destroy();
      });
    }
  }

  /** Ends all connections at once, in the middle of whatever they carry. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  /** From now on nothing arrives, and no connection ends. */
  swallow(): void {
    this.treatment = () => {};
  }

  /** From now on each piece arrives with a byte that is another one. */
  garble(): void {
    this.treatment = (bytes, to) => {
      const index = Math.floor(bytes.length / 2);
      bytes[index] = (bytes[index] ?? 0) ^ 0x55;
      to.write(bytes);
    };
  }

  /** From now on so many bytes arrive in a second, in each direction of each connection. */
  throttle(bytesPerSecond: number): void {
    const free = new Map<Socket, number>();
    this.treatment = (bytes, to) => {
      const start = Math.max(performance.now(), free.get(to) ?? 0);
      const end = start + (bytes.length / bytesPerSecond) * 1000;
      free.set(to, end);
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        to.write(bytes);
      }, end - performance.now());
      this.timers.add(timer);
    };
  }

  /** Nothing listens any more, and nothing is connected. */
  close(): void {
    this.server.close();
    this.cut();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    this.close();
  }
}
