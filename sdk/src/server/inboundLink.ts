import type { ServerDuplexStream } from "@grpc/grpc-js";
import { type Control, decodeControl, encodeControl } from "../link/control.js";
import { patience } from "../link/debugged.js";
import { controlLane, decodeFrame, toLaneOf } from "../link/frame.js";
import type { PeerInfo } from "../link/peer.js";

export type InboundStream = ServerDuplexStream<Buffer, Buffer>;

/** A caller's connection that its stream has come in on, and comes back on after it broke. */
export interface InboundLinkListener {
  /** Whether callers come by a daemon. */
  readonly viaStudio: boolean;
  opened(link: InboundLink): void;
  frame(link: InboundLink, bytes: Buffer): void;
  control(link: InboundLink, control: Control): void;
  down(link: InboundLink): void;
  up(link: InboundLink): void;
  /** It was closed, or has not come back. */
  lost(link: InboundLink, reason: string): void;
}

/**
 * How long a broken stream may take to come back, in milliseconds: a little longer than its other end tries. Where a daemon passes it on,
 * that may be started again meanwhile.
 */
const resumeMs = 12_000;
const resumeByStudioMs = 42_000;

export class InboundLink {
  private stream: InboundStream | undefined;
  private resumeTimer: NodeJS.Timeout | undefined;
  private ended = false;

  constructor(
    /** Of the connection; made by the other end. */
    readonly id: string,
    readonly peer: PeerInfo,
    private readonly listener: InboundLinkListener,
  ) {}

  /** Takes the stream that the connection was opened with, or opened again. */
  attach(stream: InboundStream, welcome: Control): void {
    const again = this.stream !== undefined || this.resumeTimer !== undefined;
    const former = this.stream;
    this.stream = stream;
    former?.end();
    clearTimeout(this.resumeTimer);
    this.resumeTimer = undefined;
    stream.write(Buffer.from(encodeControl(welcome).buffer));
    stream.on("data", (bytes: Buffer) => {
      if (this.stream === stream) this.received(bytes);
    });
    stream.on("end", () => {
      stream.end();
      if (this.stream === stream) this.broke();
    });
    stream.on("error", () => {
      if (this.stream === stream) this.broke();
    });
    stream.on("cancelled", () => {
      if (this.stream === stream) this.broke();
    });
    if (again) this.listener.up(this);
    else this.listener.opened(this);
  }

  private received(bytes: Buffer): void {
    try {
      if (toLaneOf(bytes) === controlLane) this.listener.control(this, decodeControl(decodeFrame(bytes).body));
      else this.listener.frame(this, bytes);
    } catch (thrown) {
      this.close(`it sent a damaged frame: ${(thrown as Error).message}`);
    }
  }

  private broke(): void {
    if (this.ended) return;
    this.stream = undefined;
    this.listener.down(this);
    const limitMs = patience(this.listener.viaStudio ? resumeByStudioMs : resumeMs, {
      otherDebugged: this.peer.debugged === true,
    });
    this.resumeTimer = setTimeout(() => this.close("its connection broke and did not come back"), limitMs);
  }

  send(bytes: Uint8Array): void {
    this.stream?.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  }

  tell(control: Control): void {
    this.send(encodeControl(control));
  }

  close(reason: string): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.resumeTimer);
    const { stream } = this;
    this.stream = undefined;
    stream?.end();
    this.listener.lost(this, reason);
  }
}
