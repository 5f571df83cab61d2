import { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";

const header = /^Content-Length: (\d+)\r\n\r\n/;
const longestHeaderBytes = 50;

/**
 * A WebSocket of which each text is one message of JSON-RPC, as the stream of framed messages that every other connection is. So its
 * limits, and how it holds up who does not read, are those of all connections.
 */
export class WebSocketStream extends Duplex {
  /** Written and not sent: the beginning of a message at most. */
  private unsent: Buffer = Buffer.alloc(0);

  constructor(private readonly socket: WebSocket) {
    super();
    socket.on("message", (data: RawData) => {
      const body = data as Buffer;
      this.push(`Content-Length: ${body.length}\r\n\r\n`);
      // Still delivered: what is in the kernel's hands by now.
      if (!this.push(body)) socket.pause();
    });
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => {
      this.push(null);
      this.destroy();
    });
  }

  override _read(): void {
    if (this.socket.isPaused) this.socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.unsent = this.unsent.length === 0 ? chunk : Buffer.concat([this.unsent, chunk]);
    const bodies = this.takeBodies();
    const last = bodies.pop();
    if (last === undefined) return done();
    if (this.socket.readyState !== this.socket.OPEN) return done(new Error("the browser is gone"));
    for (const body of bodies) this.socket.send(body, { binary: false });
    this.socket.send(last, { binary: false }, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.socket.close();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.socket.terminate();
    done(error);
  }

  private takeBodies(): Buffer[] {
    const bodies: Buffer[] = [];
    for (;;) {
      const [whole = "", length] = header.exec(this.unsent.toString("latin1", 0, longestHeaderBytes)) ?? [];
      const end = whole.length + Number(length);
      if (length === undefined || this.unsent.length < end) return bodies;
      bodies.push(this.unsent.subarray(whole.length, end));
      this.unsent = this.unsent.subarray(end);
    }
  }
}
