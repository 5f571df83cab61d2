import { subscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";

/** The client sockets of this process: grpc-js gives no way to those of its streams. */
const sockets = new Set<Socket>();
let watching = false;

/** Begins to note client sockets; before the first stream is opened. */
export function watchSockets(): void {
  if (watching) return;
  watching = true;
  subscribe("net.client.socket", (message) => {
    const { socket } = message as { socket: Socket };
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
}

/**
 * Whether a stream's socket keeps the process alive: an open stream does by itself, which would keep a script from ending
 * when all it did is done.
 */
export class SocketHold {
  private socket: Socket | undefined;
  private held: boolean;

  constructor(held: boolean) {
    this.held = held;
  }

  /** @param localPort of this end, as the other end sees it. */
  attach(localPort: number, serverPort: number): void {
    const candidates = [...sockets].filter((socket) => socket.remotePort === serverPort);
    // Behind a translating router the other end sees another port: then the only candidate is the one.
    this.socket = candidates.find((socket) => socket.localPort === localPort) ?? onlyOne(candidates);
    this.apply();
  }

  set(held: boolean): void {
    this.held = held;
    this.apply();
  }

  private apply(): void {
    if (this.held) this.socket?.ref();
    else this.socket?.unref();
  }
}

function onlyOne<T>(items: T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}
