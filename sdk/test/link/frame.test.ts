import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { controlLane, decodeFrame, encodeFrame, type FrameKind, toLaneOf } from "../../src/link/frame.js";

const u16 = fc.nat(0xffff);
const u32 = fc.nat({ max: 0xffffffff });

const anyFrame = fc.record({
  kind: fc.constantFrom<FrameKind[]>(1, 2, 3, 4, 5),
  toLane: u16,
  fromLane: u16,
  sequence: u32,
  acknowledgeSoon: fc.boolean(),
  acknowledged: u32,
  body: fc.uint8Array({ maxLength: 100 }),
});

describe("a frame", () => {
  it("has the same fields after the way", () => {
    fc.assert(
      fc.property(anyFrame, fc.nat(5), (frame, offset) => {
        const bytes = encodeFrame(frame);
        // gRPC hands over views of larger buffers.
        const view = Buffer.concat([Buffer.alloc(offset), bytes]).subarray(offset);
        expect(decodeFrame(view)).toEqual({ ...frame, body: Buffer.from(frame.body) });
        expect(toLaneOf(view)).toBe(frame.toLane);
      }),
    );
  });

  it("stands in a buffer of its own", () => {
    const body = new Uint8Array(5);
    const bytes = encodeFrame({
      kind: 1,
      toLane: 1,
      fromLane: 2,
      sequence: 3,
      acknowledgeSoon: false,
      acknowledged: 0,
      body,
    });
    expect(bytes.buffer.byteLength).toBe(bytes.length);
    bytes.fill(9);
    expect(body).toEqual(new Uint8Array(5));
  });

  it("is refused when it is too short, of an unknown kind, or of another protocol, which is named", () => {
    const bytes = encodeFrame({
      kind: 1,
      toLane: 1,
      fromLane: 2,
      sequence: 3,
      acknowledgeSoon: false,
      acknowledged: 0,
      body: new Uint8Array(),
    });
    expect(() => decodeFrame(bytes.subarray(0, 17))).toThrow(/17 bytes is too short/);
    expect(() => decodeFrame(Uint8Array.from(bytes).fill(6, 0, 1))).toThrow(/unknown frame kind 6/);
    expect(() => decodeFrame(Uint8Array.from(bytes).fill(0, 0, 1))).toThrow(/unknown frame kind 0/);
    expect(() => decodeFrame(Uint8Array.from(bytes).fill(2, 1, 2))).toThrow(/speaks link protocol 2, this one 1/);
  });

  it("is for the process as a whole when it has no lane", () => {
    expect(toLaneOf(new Uint8Array(3))).toBe(controlLane);
  });

  it("of any bytes is decoded or refused, never more", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        let error: unknown;
        try {
          decodeFrame(bytes);
        } catch (thrown) {
          error = thrown;
        }
        expect(error === undefined || error instanceof RangeError).toBe(true);
      }),
    );
  });
});
