import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

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
  /** How many connections from now on end as soon as they are made. */
  private hangUps = 0;
  private silences = 0;
  private treatment: Treatment = pass;
  private ticking: NodeJS.Timeout | undefined;
  /** What a slow connection still has to let through. */
  private readonly throttled = new Map<Socket, Buffer>();
  /** Until when what was sent to a socket is underway. */
  private readonly delayed = new Map<Socket, Promise<void>>();

  private constructor(
    private readonly server: Server,
    private readonly targetPort: number,
  ) {}

  /** @param listenPort default: any free one. */
  static async start(targetPort: number, listenPort = 0): Promise<TcpProxy> {
    const server = createServer({ noDelay: true });
    const proxy = new TcpProxy(server, targetPort);
    server.on("connection", (socket) => proxy.join(socket));
    server.listen(listenPort, "127.0.0.1");
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
    if (this.hangUps > 0) {
      this.hangUps--;
      near.end();
      return;
    }
    if (this.silences > 0) {
      this.silences--;
      this.sockets.add(near);
      near.on("error", () => {});
      near.on("close", () => this.sockets.delete(near));
      near.resume();
      return;
    }
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

  /** The next connections end in good order before anything is said. */
  hangUp(count: number): void {
    this.hangUps = count;
  }

  /** The next connections stay open, and nothing is ever heard on them. */
  staySilent(count: number): void {
    this.silences = count;
  }

  /** From now on everything arrives as it was sent, after what is still underway. */
  pass(): void {
    clearInterval(this.ticking);
    for (const [to, bytes] of this.throttled) to.write(bytes);
    this.throttled.clear();
    this.treatment = (bytes, to) => this.afterDelayed(to, undefined, bytes);
  }

  /** From now on everything arrives so much later. */
  delay(byMs: number): void {
    this.treatment = (bytes, to) => {
      this.afterDelayed(to, pause(byMs), bytes);
    };
  }

  private afterDelayed(to: Socket, arrival: Promise<void> | undefined, bytes: Buffer): void {
    const before = this.delayed.get(to);
    if (before === undefined && arrival === undefined) return void to.write(bytes);
    const write = async () => {
      await before;
      await arrival;
      to.write(bytes);
      if (this.delayed.get(to) === written) this.delayed.delete(to);
    };
    const written = write();
    this.delayed.set(to, written);
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
    const { throttled } = this;
    const pieceBytes = (bytesPerSecond * tickMs) / 1000;
    this.treatment = (bytes, to) =>
      void throttled.set(to, Buffer.concat([throttled.get(to) ?? Buffer.alloc(0), bytes]));
    this.ticking = setInterval(() => {
      for (const [to, bytes] of throttled) {
        to.write(bytes.subarray(0, pieceBytes));
        throttled.set(to, bytes.subarray(pieceBytes));
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
