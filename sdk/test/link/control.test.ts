import { describe, expect, it } from "vitest";
import { type Control, decodeControl, encodeControl } from "../../src/link/control.js";
import { controlLane, decodeFrame, frameKind } from "../../src/link/frame.js";

const peer = { instance: "i", address: "127.0.0.1:1", serverId: "s", lanes: [], machine: "m", realm: "" };

describe("a control frame", () => {
  it("is for the process as a whole, and means the same after the way", () => {
    const controls: Control[] = [
      { type: "hello", connection: "c", resume: true, peer },
      { type: "welcome", resumed: false, peer, remotePort: 5 },
      { type: "located", id: 1, lane: 2 },
      { type: "bye" },
    ];
    for (const control of controls) {
      const frame = decodeFrame(encodeControl(control));
      expect(frame).toMatchObject({ kind: frameKind.control, toLane: controlLane, sequence: 0 });
      expect(decodeControl(frame.body)).toEqual(control);
    }
  });

  it("that can't be read is an error that says so", () => {
    for (const text of ["", "{", "null", "5", "[]", '{"type":5}', "{}"]) {
      expect(() => decodeControl(Buffer.from(text))).toThrow(/control frame that can't be read/);
    }
  });
});
