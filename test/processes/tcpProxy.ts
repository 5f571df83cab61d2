import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** What becomes of the bytes of one direction. */
type Treatment = (bytes: Buffer, to: Socket) => void;

/** How often a slow connection lets something through. */
const tickMs = 20;

const pass: Treatment = (bytes, to) => void to.write(bytes);

/** A network between two processes that a test can break. */
export class TcpProxy implements AsyncDisposable {
  /** Connections that were made through it so far. */
  accepted = 0;
  private readonly sockets = new Set<Socket>();
  private treatment: Treatment = pass;
  private ticking: NodeJS.Timeout | undefined;

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

  /** From now on every 16th byte that arrives is another one. */
  garble(): void {
    this.treatment = (bytes, to) => {
      for (let index = 0; index < bytes.length; index += 16) bytes[index] = (bytes[index] ?? 0) ^ 0x55;
      to.write(bytes);
    };
  }

  /** From now on so many bytes arrive in a second, in each direction of each connection. */
  throttle(bytesPerSecond: number): void {
    const waiting = new Map<Socket, Buffer[]>();
    const pieceBytes = (bytesPerSecond * tickMs) / 1000;
    this.treatment = (bytes, to) => void waiting.set(to, [...(waiting.get(to) ?? []), bytes]);
    this.ticking = setInterval(() => {
      for (const [to, pieces] of waiting) {
        const bytes = Buffer.concat(pieces);
        to.write(bytes.subarray(0, pieceBytes));
        waiting.set(to, [bytes.subarray(pieceBytes)]);
      }
    }, tickMs);
  }

  /** Nothing listens any more, and nothing is connected. */
  close(): void {
    this.server.close();
    this.cut();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.ticking);
    this.close();
  }
}
