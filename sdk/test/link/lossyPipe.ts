import { setImmediate as nextTurn } from "node:timers/promises";
import { Channel, type ChannelOwner } from "../../src/link/channel.js";
import type { ChannelLimits } from "../../src/link/channelLimits.js";
import { FrameCursor } from "../../src/link/frameCursor.js";
import { noReferences } from "../messages/sentValue.js";
import { decodeFrame, type Frame, frameKind } from "../../src/link/frame.js";

/** Notes all that arrives. */
class RecordingOwner implements ChannelOwner {
  readonly received: unknown[] = [];
  readonly large: { blob: number; bytes: Uint8Array }[] = [];
  readonly failures: Error[] = [];

  receive(operations: Buffer): void {
    for (const cursor = new FrameCursor(operations, noReferences); !cursor.atEnd; ) this.received.push(cursor.next());
  }

  receiveLarge(blob: number, bytes: Uint8Array): void {
    this.large.push({ blob, bytes: Uint8Array.from(bytes) });
  }

  broken(error: Error): void {
    this.failures.push(error);
  }
}

/** As another thread gets it; the buffer is of no use here any more. */
function moved(bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  const { byteOffset, length } = bytes;
  return new Uint8Array(structuredClone(bytes.buffer, { transfer: [bytes.buffer] }), byteOffset, length);
}

/** One end of a pipe. */
export class PipeEnd {
  readonly owner = new RecordingOwner();
  readonly channel: Channel;
  /** Frames on their way to the other end. */
  readonly underway: Uint8Array[] = [];
  /** All frames that were ever handed to the carrier. */
  readonly sent: Frame[] = [];
  private connected = true;

  constructor(lane: number, limits?: ChannelLimits) {
    this.channel = new Channel({
      lanes: { own: 3 - lane, other: lane },
      send: (bytes, isSpare) => this.send(isSpare ? moved(bytes) : bytes),
      owner: this.owner,
      limits,
    });
  }

  private send(bytes: Uint8Array): void {
    this.sent.push(decodeFrame(bytes));
    // What is sent into a broken stream is gone.
    if (this.connected) this.underway.push(bytes);
  }

  /** The stream of this end is gone, whether the channel has been told or not. */
  disconnect(): void {
    this.connected = false;
    this.underway.length = 0;
  }

  connect(): void {
    this.connected = true;
  }

  get sentBodies(): { kind: number; sizeBytes: number }[] {
    return this.sent.map(({ kind, body }) => ({ kind, sizeBytes: body.length }));
  }
}

/** Two channels, and a pipe between them that delivers when it is told to, and loses what is underway when it is cut. */
export class LossyPipe {
  readonly ends: readonly [PipeEnd, PipeEnd];

  constructor(limits?: ChannelLimits) {
    this.ends = [new PipeEnd(2, limits), new PipeEnd(1, limits)];
  }

  /** Up to `count` frames of one end arrive. */
  deliver(from: 0 | 1, count = Number.POSITIVE_INFINITY): void {
    const to = this.ends[from === 0 ? 1 : 0];
    for (const bytes of this.ends[from].underway.splice(0, count)) to.channel.receiveFrame(decodeFrame(bytes));
  }

  /** All that was sent is lost from now on. */
  cut(): void {
    for (const end of this.ends) end.disconnect();
  }

  /** A new stream. */
  reconnect(): void {
    for (const end of this.ends) {
      end.disconnect();
      end.connect();
    }
  }

  /** Delivers until nothing is underway, and nothing comes any more. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 2; ) {
      await nextTurn();
      quiet = this.ends.some(({ underway }) => underway.length > 0) ? 0 : quiet + 1;
      this.deliver(0);
      this.deliver(1);
    }
  }
}

export const isCounted = ({ kind }: { kind: number }): boolean =>
  kind === frameKind.operations || kind === frameKind.chunk;
