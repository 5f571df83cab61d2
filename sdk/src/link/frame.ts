/**
 * The only file where both ends of the wire meet in bytes. A gRPC message of the link's stream is one frame: a header of
 * 18 bytes, then the body.
 *
 *     0  u8   kind           8  u16  flags (1: acknowledge soon, the sender's window fills)
 *     1  u8   protocol      10  u32  acknowledged
 *     2  u32  sequence      14  u16  from lane
 *     6  u16  to lane       16  u16  0
 *
 * A *lane* is one thread of a process: 0 its I/O thread (the only one of a main process), others the workers that run
 * agents. The I/O thread passes frames on by the lane alone, and never looks into a body.
 */
const protocolVersion = 1;

export const frameKind = {
  /** A MessagePack array of operations (see operations.ts); counted, acknowledged, sent again after a broken stream. */
  operations: 1,
  /** A piece of a large value; counted like operations. */
  chunk: 2,
  /** Only the acknowledgement in the header. */
  acknowledge: 3,
  /** On a new stream: what arrived is acknowledged, send the rest again. With the flag: and say the same of your side. */
  resume: 4,
  /** JSON between the two processes (see control.ts). */
  control: 5,
} as const;

export type FrameKind = (typeof frameKind)[keyof typeof frameKind];

/** The lane of control frames: the process as a whole. */
export const controlLane = 0xffff;

export const headerBytes = 18;

export interface Frame {
  kind: FrameKind;
  toLane: number;
  fromLane: number;
  /** Counts frames of a channel from 1; 0 in frames that are not counted. */
  sequence: number;
  /** The sender's window fills: it wants to hear what arrived. */
  acknowledgeSoon: boolean;
  /** The highest sequence that arrived from the other side. */
  acknowledged: number;
  body: Uint8Array;
}

/** A frame whose body, of this size, is still to be filled in, in a buffer of its own. */
export function newFrame(head: Omit<Frame, "body">, bodyBytes: number): Buffer<ArrayBuffer> {
  const bytes = Buffer.allocUnsafeSlow(headerBytes + bodyBytes);
  bytes.writeUInt8(head.kind, 0);
  bytes.writeUInt8(protocolVersion, 1);
  bytes.writeUInt32BE(head.sequence, 2);
  bytes.writeUInt16BE(head.toLane, 6);
  bytes.writeUInt16BE(head.acknowledgeSoon ? 1 : 0, 8);
  bytes.writeUInt32BE(head.acknowledged, 10);
  bytes.writeUInt16BE(head.fromLane, 14);
  bytes.writeUInt16BE(0, 16);
  return bytes;
}

/** The frame's bytes, in a buffer of their own. */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const bytes = newFrame(frame, frame.body.length);
  bytes.set(frame.body, headerBytes);
  return bytes;
}

/** @throws RangeError when the bytes are no frame of this protocol. */
export function decodeFrame(bytes: Uint8Array): Frame {
  if (bytes.length < headerBytes) throw new RangeError(`a frame of ${bytes.length} bytes is too short`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  const kind = view.getUint8(0);
  if (kind < 1 || kind > 5) throw new RangeError(`unknown frame kind ${kind}`);
  if (view.getUint8(1) !== protocolVersion) {
    throw new RangeError(`the other side speaks link protocol ${view.getUint8(1)}, this one ${protocolVersion}`);
  }
  return {
    kind: kind as FrameKind,
    sequence: view.getUint32(2),
    toLane: view.getUint16(6),
    acknowledgeSoon: (view.getUint16(8) & 1) === 1,
    acknowledged: view.getUint32(10),
    fromLane: view.getUint16(14),
    body: Buffer.from(bytes.buffer, bytes.byteOffset + headerBytes, bytes.length - headerBytes),
  };
}

/** The lane a frame is for, without decoding the rest. */
export function toLaneOf(bytes: Uint8Array): number {
  return bytes.length < headerBytes ? controlLane : ((bytes[6] as number) << 8) | (bytes[7] as number);
}
