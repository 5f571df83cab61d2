import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A way to an agent server that can be cut: both ends see the connection break, and what was underway is lost. */
export class CuttingProxy implements AsyncDisposable {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly listener: Server,
    readonly host: string,
    readonly port: number,
  ) {}

  /** @param listenPort default: any free one. */
  static async start(target: { host: string; port: number }, listenPort = 0): Promise<CuttingProxy> {
    const listener = createServer({ noDelay: true });
    listener.listen(listenPort, "127.0.0.1");
    await once(listener, "listening");
    const proxy = new CuttingProxy(listener, "127.0.0.1", (listener.address() as AddressInfo).port);
    listener.on("connection", (near) => proxy.join(near, connect({ ...target, noDelay: true })));
    return proxy;
  }

  private join(near: Socket, far: Socket): void {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.sockets.delete(from);
        to.destroy();
      });
    }
  }

  /** Cuts all connections; new ones can be made at once. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.listener.close();
    this.cut();
    await once(this.listener, "close");
  }
}
