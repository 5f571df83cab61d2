import { AgentScopeError } from "../errors.js";
import { packValue } from "../messages/valueCodec.js";
import { type ChannelLimits, defaultChannelLimits } from "./channelLimits.js";
import { damagedFrame } from "./failure.js";
import { type Frame, frameKind, headerBytes, newFrame } from "./frame.js";
import { OutgoingBlob } from "./outgoingBlob.js";

/**
 * One lane's ordered, reliable, bounded conversation with one lane of another process (or of this one).
 *
 * 1. Operations arrive in the order in which they were written, each once, also over a broken and re-opened stream.
 * 2. At most `windowBytes` are on their way without being acknowledged; the rest waits here, uncoded.
 * 3. A large value is cut in chunks, and a chunk is sent only when no operation waits.
 * 4. What waits leaves at the end of the task that wrote first, the rest of that turn of the event loop in one frame at its end.
 * 5. After `end`, nothing is sent, and nothing that arrives is passed on.
 */
export interface ChannelOwner {
  /** Received operations: the bytes of a flat list, to be read with a cursor (see frameCursor.ts). */
  receive(operations: Buffer): void;
  /** All chunks of a large value have arrived. */
  receiveLarge(blob: number, bytes: Buffer): void;
  /** What arrived can't be understood: the channel is over. */
  broken(error: AgentScopeError): void;
}

/** @param isSpare the channel has no use for the buffer any more; another one is sent again after a broken stream. */
export type SendFrame = (frame: Uint8Array<ArrayBuffer>, isSpare: boolean) => void;

const maxOperationsBytes = 256 * 1024;
const maxFields = 16_384;

/** A piece of a large value. */
interface Chunk {
  blob: OutgoingBlob;
  from: number;
  end: number;
}

/** A frame that was not acknowledged yet: its bytes, or what it is made of again. */
interface SentFrame {
  sequence: number;
  sizeBytes: number;
  content: Uint8Array<ArrayBuffer> | Chunk;
}

interface IncomingBlob {
  bytes: Buffer;
  arrived: number;
}

interface Counted {
  sequence: number;
  /** The window fills. */
  acknowledgeSoon: boolean;
}

/** Chunk body: u32 blob, u32 flags (1: first), then in the first f64 total size, then bytes. */
const chunkHeaderBytes = 16;

export class Channel {
  private segment: unknown[] = [];
  private segmentBytes = 0;
  private segments: unknown[][] = [];
  private blobs: OutgoingBlob[] = [];
  private nextBlob = 1;
  private incomingBlobs = new Map<number, IncomingBlob>();
  private sent: SentFrame[] = [];
  private sentBytes = 0;
  private sequence = 0;
  private received = 0;
  private state: "open" | "waiting" | "resuming" | "ended" = "open";
  private flushing: "no" | "soon" | "turn" = "no";

  private readonly lanes: { own: number; other: number };
  private readonly owner: ChannelOwner;
  private readonly sendFrame: SendFrame;
  private readonly limits: ChannelLimits;

  constructor(options: {
    lanes: { own: number; other: number };
    owner: ChannelOwner;
    send: SendFrame;
    limits?: ChannelLimits | undefined;
  }) {
    this.lanes = options.lanes;
    this.owner = options.owner;
    this.sendFrame = options.send;
    this.limits = options.limits ?? defaultChannelLimits;
  }

  /**
   * The list to push the fields of one operation to.
   *
   * @param sizeBytes about how large it will be.
   */
  write(sizeBytes: number): unknown[] {
    if (this.segment.length > maxFields || this.segmentBytes > maxOperationsBytes) {
      this.segments.push(this.segment);
      this.segment = [];
      this.segmentBytes = 0;
    }
    this.segmentBytes += sizeBytes;
    this.schedule();
    return this.segment;
  }

  /**
   * Sends a large value's bytes in chunks beside the operations. They must not be changed any more.
   *
   * @returns its number, to be named in an operation, and its size.
   */
  sendLarge(pieces: readonly Uint8Array[]): OutgoingBlob {
    const blob = new OutgoingBlob(this.nextBlob++, pieces);
    this.blobs.push(blob);
    this.schedule();
    return blob;
  }

  /** What waits to be sent, in operations' fields; for metrics and limits. */
  get waiting(): number {
    return this.segments.length * maxFields + this.segment.length;
  }

  private schedule(): void {
    if (this.flushing !== "no" || this.state !== "open") return;
    this.flushing = "soon";
    queueMicrotask(() => {
      if (this.flushing !== "soon") return;
      this.flushing = "turn";
      this.flush();
      setImmediate(() => {
        this.flushing = "no";
        this.flush();
      });
    });
  }

  private flush(): void {
    while (this.state === "open" && this.sentBytes < this.limits.windowBytes) {
      const operations = this.nextOperations();
      if (operations !== undefined) {
        const body = packValue(operations);
        const frame = this.emptyFrame(frameKind.operations, body.length, this.nextCounted(body.length));
        frame.set(body, headerBytes);
        this.sendCounted(frame, frame);
      } else if (!this.sendChunk()) {
        return;
      }
    }
  }

  private nextOperations(): unknown[] | undefined {
    const oldest = this.segments.shift();
    if (oldest !== undefined) return oldest;
    if (this.segment.length === 0) return undefined;
    const operations = this.segment;
    this.segment = [];
    this.segmentBytes = 0;
    return operations;
  }

  private sendChunk(): boolean {
    const next = this.blobs.shift();
    if (next === undefined) return false;
    const chunk = {
      blob: next,
      from: next.offset,
      end: Math.min(next.offset + this.limits.chunkBytes, next.sizeBytes),
    };
    next.offset = chunk.end;
    // Several large values take turns.
    if (chunk.end < next.sizeBytes) this.blobs.push(next);
    const counted = this.nextCounted(chunkHeaderBytes + chunk.end - chunk.from);
    this.sendCounted(this.chunkFrame(chunk, counted), chunk);
    return true;
  }

  private chunkFrame({ blob, from, end }: Chunk, counted: Counted): Buffer<ArrayBuffer> {
    const frame = this.emptyFrame(frameKind.chunk, chunkHeaderBytes + end - from, counted);
    frame.writeUInt32BE(blob.number, headerBytes);
    frame.writeUInt32BE(from === 0 ? 1 : 0, headerBytes + 4);
    frame.writeDoubleBE(blob.sizeBytes, headerBytes + 8);
    blob.copyTo(frame, { at: headerBytes + chunkHeaderBytes, from, end });
    return frame;
  }

  /** What the header of the next counted frame says of it. */
  private nextCounted(bodyBytes: number): Counted {
    const fills = this.sentBytes + headerBytes + bodyBytes > this.limits.windowBytes / 4;
    return { sequence: ++this.sequence, acknowledgeSoon: fills };
  }

  private sendCounted(frame: Buffer<ArrayBuffer>, content: SentFrame["content"]): void {
    const sizeBytes = frame.length;
    this.sent.push({ sequence: this.sequence, sizeBytes, content });
    this.sentBytes += sizeBytes;
    this.sendFrame(frame, content !== frame);
  }

  private emptyFrame(kind: Frame["kind"], bodyBytes: number, counted?: Counted): Buffer<ArrayBuffer> {
    const { own, other } = this.lanes;
    const { sequence = 0, acknowledgeSoon = false } = counted ?? {};
    const { received: acknowledged } = this;
    return newFrame({ kind, toLane: other, fromLane: own, sequence, acknowledgeSoon, acknowledged }, bodyBytes);
  }

  /** A frame for this channel has arrived. */
  receiveFrame(frame: Frame): void {
    if (this.state === "ended") return;
    this.acknowledge(frame.acknowledged);
    if (frame.kind === frameKind.resume) {
      this.resumeFrom(frame.acknowledgeSoon);
    } else if (frame.kind !== frameKind.acknowledge && frame.sequence === this.received + 1) {
      this.received = frame.sequence;
      this.pass(frame);
      if (frame.acknowledgeSoon && this.state === "open") {
        this.sendFrame(this.emptyFrame(frameKind.acknowledge, 0), true);
      }
    }
    if (this.sentBytes < this.limits.windowBytes && this.hasWaiting) this.flushAfterAcknowledge();
  }

  private get hasWaiting(): boolean {
    return this.segments.length > 0 || this.segment.length > 0 || this.blobs.length > 0;
  }

  /** The window opened again: go on, unless the turn's end will do it anyway. */
  private flushAfterAcknowledge(): void {
    if (this.flushing === "no" && this.state === "open") this.flush();
  }

  private acknowledge(sequence: number): void {
    let count = 0;
    for (const frame of this.sent) {
      if (frame.sequence > sequence) break;
      this.sentBytes -= frame.sizeBytes;
      count++;
    }
    if (count > 0) this.sent.splice(0, count);
  }

  private pass(frame: Frame): void {
    try {
      const body = frame.body as Buffer;
      if (frame.kind === frameKind.operations) this.owner.receive(body);
      else this.passChunk(body);
    } catch (thrown) {
      this.owner.broken(thrown instanceof AgentScopeError ? thrown : damagedFrame(thrown));
    }
  }

  private passChunk(body: Buffer): void {
    const blob = body.readUInt32BE(0);
    let incoming = this.incomingBlobs.get(blob);
    if (body.readUInt32BE(4) === 1) {
      const sizeBytes = body.readDoubleBE(8);
      if (!(sizeBytes >= 0 && sizeBytes <= this.limits.maxMessageBytes)) {
        throw new AgentScopeError(
          "LIMIT_EXCEEDED",
          `a value of ${sizeBytes} bytes is larger than maxMessageBytes (${this.limits.maxMessageBytes}; --max-message-bytes of the agent server)`,
        );
      }
      incoming = { bytes: Buffer.allocUnsafeSlow(sizeBytes), arrived: 0 };
      this.incomingBlobs.set(blob, incoming);
    }
    if (incoming === undefined) throw new RangeError(`a chunk of unknown value ${blob}`);
    const piece = body.subarray(chunkHeaderBytes);
    if (incoming.arrived + piece.length > incoming.bytes.length) throw new RangeError("a chunk past its value's end");
    incoming.bytes.set(piece, incoming.arrived);
    incoming.arrived += piece.length;
    if (incoming.arrived < incoming.bytes.length) return;
    this.incomingBlobs.delete(blob);
    this.owner.receiveLarge(blob, incoming.bytes);
  }

  /** The stream broke: nothing can be sent until {@link carrierUp}. */
  carrierDown(): void {
    if (this.state !== "ended") this.state = "waiting";
  }

  /** There is a new stream: says what arrived, and waits for the other side to say the same. */
  carrierUp(): void {
    if (this.state === "ended") return;
    this.state = "resuming";
    this.sendResume(true);
  }

  private sendResume(wantsAnswer: boolean): void {
    this.sendFrame(this.emptyFrame(frameKind.resume, 0, { sequence: 0, acknowledgeSoon: wantsAnswer }), true);
  }

  /** The other side has a new stream, which this side may not have noticed. */
  private resumeFrom(wantsAnswer: boolean): void {
    if (wantsAnswer) this.sendResume(false);
    else if (this.state === "open") return;
    this.state = "open";
    for (const frame of this.sent) this.sendAgain(frame);
    this.flush();
  }

  private sendAgain({ sequence, content }: SentFrame): void {
    if (content instanceof Uint8Array) this.sendFrame(content, false);
    else this.sendFrame(this.chunkFrame(content, { sequence, acknowledgeSoon: true }), true);
  }

  end(): void {
    this.state = "ended";
    this.segments = [];
    this.segment = [];
    this.blobs = [];
    this.sent = [];
    this.incomingBlobs.clear();
  }
}
