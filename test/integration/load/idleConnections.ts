import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** What a client of HTTP/2 begins with: the preface and its settings. */
const beginning = Buffer.concat([
  Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);
/** As many connect at a time: the queue of a port that listens is short. */
const atATime = 200;
const slowByteMs = 500;

/** Connections that are open and say nothing, or next to nothing. */
export class IdleConnections implements Disposable {
  private readonly sockets: Socket[] = [];
  private slow: NodeJS.Timeout | undefined;

  private constructor() {}

  /** @param options `silent` send nothing; `slow` a byte at a time of what a client begins with */
  static async open(
    at: { host: string; port: number },
    { silent, slow }: { silent: number; slow: number },
  ): Promise<IdleConnections> {
    const all = new IdleConnections();
    while (all.sockets.length < silent + slow) {
      const count = Math.min(atATime, silent + slow - all.sockets.length);
      const opened = Array.from({ length: count }, () => connect(at));
      for (const socket of opened) socket.on("error", () => {}).resume();
      all.sockets.push(...opened);
      await Promise.all(opened.map((socket) => once(socket, "connect")));
    }
    all.dribble(all.sockets.slice(silent));
    return all;
  }

  /** Those that the server has not closed. */
  get open(): number {
    return this.sockets.filter((socket) => !socket.destroyed && !socket.readableEnded).length;
  }

  private dribble(sockets: readonly Socket[]): void {
    let sent = 0;
    this.slow = setInterval(() => {
      const byte = beginning.subarray(sent, ++sent);
      if (byte.length > 0) for (const socket of sockets) if (socket.writable) socket.write(byte);
    }, slowByteMs);
  }

  [Symbol.dispose](): void {
    clearInterval(this.slow);
    for (const socket of this.sockets) socket.destroy();
  }
}
