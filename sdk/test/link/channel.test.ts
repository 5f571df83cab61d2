import { setImmediate as nextTurn } from "node:timers/promises";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultChannelLimits } from "../../src/link/channelLimits.js";
import { encodeFrame, frameKind } from "../../src/link/frame.js";
import { isCounted, LossyPipe } from "./lossyPipe.js";

/** What can happen to a pair of channels. */
type Step =
  | { kind: "write"; side: 0 | 1; sizeBytes: number }
  | { kind: "large"; side: 0 | 1; sizeBytes: number }
  | { kind: "turn" }
  | { kind: "deliver"; side: 0 | 1; count: number }
  /** `told`: which ends notice, before they are told that there is a new stream. */
  | { kind: "cut"; told: [boolean, boolean] }
  /** Which end is told first (and maybe alone), and who notices the broken one only now. */
  | { kind: "reconnect"; first: 0 | 1; between: number; both: boolean; lateNotice: [boolean, boolean] };

const side = fc.constantFrom(0 as const, 1 as const);
const pair = fc.tuple(fc.boolean(), fc.boolean());

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("write" as const), side, sizeBytes: fc.nat(40) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("large" as const), side, sizeBytes: fc.nat(300) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("turn" as const) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("deliver" as const), side, count: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("cut" as const), told: pair }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("reconnect" as const),
      first: side,
      between: fc.nat(3),
      both: fc.boolean(),
      lateNotice: pair,
    }),
  },
);

const limits = fc.record({
  windowBytes: fc.integer({ min: 1, max: 400 }),
  chunkBytes: fc.integer({ min: 1, max: 60 }),
  maxMessageBytes: fc.constant(10_000),
});

class Conversation {
  readonly written: [unknown[], unknown[]] = [[], []];
  readonly large: [Uint8Array[], Uint8Array[]] = [[], []];

  constructor(readonly pipe: LossyPipe) {}

  async take(next: Step): Promise<void> {
    const { pipe } = this;
    switch (next.kind) {
      case "write":
        return this.write(next.side, next.sizeBytes);
      case "large":
        return this.writeLarge(next.side, next.sizeBytes);
      case "turn":
        await nextTurn();
        return;
      case "deliver":
        return pipe.deliver(next.side, next.count);
      case "cut":
        pipe.cut();
        next.told.forEach((told, index) => told && pipe.ends[index]?.channel.carrierDown());
        return;
      case "reconnect":
        return this.reconnect(next);
    }
  }

  private write(end: 0 | 1, sizeBytes: number): void {
    const fields = [this.written[end].length, "x".repeat(sizeBytes)];
    this.pipe.ends[end].channel.write(sizeBytes).push(...fields);
    this.written[end].push(...fields);
  }

  private writeLarge(end: 0 | 1, sizeBytes: number): void {
    const bytes = Uint8Array.from({ length: sizeBytes }, (_, index) => (index + this.large[end].length) % 256);
    const cut = Math.floor(sizeBytes / 3);
    this.pipe.ends[end].channel.sendLarge([bytes.subarray(0, cut), new Uint8Array(), bytes.subarray(cut)]);
    this.large[end].push(bytes);
  }

  /** An end learns of the new stream, the other one later, or never. */
  private reconnect({ first, between, both, lateNotice }: Step & { kind: "reconnect" }): void {
    const { pipe } = this;
    pipe.reconnect();
    const told = both ? [first, 1 - first] : [first];
    for (const index of told as (0 | 1)[]) {
      const { channel } = pipe.ends[index];
      if (lateNotice[index]) channel.carrierDown();
      channel.carrierUp();
      if (index === first) pipe.deliver(first, between);
    }
  }

  /** The end of every conversation: a stream that both know of, and time. */
  async finish(): Promise<void> {
    this.pipe.cut();
    for (const { channel } of this.pipe.ends) channel.carrierDown();
    this.reconnect({ kind: "reconnect", first: 0, between: 0, both: true, lateNotice: [false, false] });
    await this.pipe.settle();
  }
}

describe("a channel over a stream that breaks", () => {
  it("delivers each operation and each large value once, in order, whatever happens when", async () => {
    await fc.assert(
      fc.asyncProperty(limits, fc.array(step, { maxLength: 60, size: "max" }), async (bounds, steps) => {
        const talk = new Conversation(new LossyPipe(bounds));
        for (const next of steps) await talk.take(next);
        await talk.finish();
        for (const end of [0, 1] as const) {
          const { owner } = talk.pipe.ends[1 - end] as LossyPipe["ends"][0];
          expect(owner.failures).toEqual([]);
          expect(owner.received).toEqual(talk.written[end]);
          const arrived = owner.large.toSorted((a, b) => a.blob - b.blob);
          expect(arrived.map(({ blob }) => blob)).toEqual(talk.large[end].map((_, index) => index + 1));
          expect(arrived.map(({ bytes }) => Buffer.from(bytes).toString("hex"))).toEqual(
            talk.large[end].map((bytes) => Buffer.from(bytes).toString("hex")),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it("goes on when only one end noticed that the stream broke", async () => {
    const { pipe, written } = new Conversation(new LossyPipe());
    const [here, there] = pipe.ends;
    here.channel.write(1).push("first");
    there.channel.write(1).push("from there");
    await nextTurn();
    pipe.cut();
    here.channel.carrierDown();
    pipe.reconnect();
    here.channel.carrierUp();
    await pipe.settle();
    here.channel.write(1).push("second");
    await pipe.settle();
    expect(there.owner.received).toEqual(["first", "second"]);
    expect(here.owner.received).toEqual(["from there"]);
    expect(written).toEqual([[], []]);
  });

  it("goes on when an end that was told nothing is told of the new stream only", async () => {
    const pipe = new LossyPipe();
    const [here, there] = pipe.ends;
    there.channel.write(1).push("lost once");
    await nextTurn();
    pipe.cut();
    here.channel.carrierDown();
    pipe.reconnect();
    there.channel.carrierUp();
    here.channel.carrierUp();
    await pipe.settle();
    expect(here.owner.received).toEqual(["lost once"]);
  });

  it("sends nothing while there is no stream, and keeps what is written", async () => {
    const pipe = new LossyPipe();
    const [here, there] = pipe.ends;
    here.channel.carrierDown();
    here.channel.write(1).push(1);
    here.channel.sendLarge([new Uint8Array(10)]);
    await nextTurn();
    expect(here.sent).toEqual([]);
    there.channel.carrierDown();
    here.channel.carrierUp();
    there.channel.carrierUp();
    await pipe.settle();
    expect(there.owner.received).toEqual([1]);
    expect(there.owner.large).toHaveLength(1);
  });
});

describe("a channel's window", () => {
  it("bounds what is on its way without acknowledgement", async () => {
    await fc.assert(
      fc.asyncProperty(limits, fc.array(fc.nat(60), { minLength: 1, maxLength: 40 }), async (bounds, sizes) => {
        const pipe = new LossyPipe(bounds);
        const [here, there] = pipe.ends;
        for (const sizeBytes of sizes) {
          here.channel.write(sizeBytes).push("x".repeat(sizeBytes));
          here.channel.sendLarge([new Uint8Array(sizeBytes * 4)]);
          await nextTurn();
        }
        const unacknowledged = () => here.underway.reduce((sum, { length }) => sum + length, 0);
        const largest = Math.max(...here.sent.map(({ body }) => body.length + 18));
        expect(unacknowledged()).toBeLessThan(bounds.windowBytes + largest);
        await pipe.settle();
        expect(there.owner.received).toEqual(sizes.map((size) => "x".repeat(size)));
        expect(there.owner.large).toHaveLength(sizes.length);
      }),
      { numRuns: 100 },
    );
  });

  it("opens again by acknowledgements alone when the other side has nothing to say", async () => {
    const pipe = new LossyPipe({ windowBytes: 100, chunkBytes: 30, maxMessageBytes: 1e6 });
    pipe.ends[0].channel.sendLarge([new Uint8Array(10_000)]);
    await pipe.settle();
    expect(pipe.ends[1].owner.large.map(({ bytes }) => bytes.length)).toEqual([10_000]);
    expect(new Set(pipe.ends[1].sent.map(({ kind }) => kind))).toEqual(new Set([frameKind.acknowledge]));
  });

  it("asks for acknowledgements only when it fills", async () => {
    const pipe = new LossyPipe();
    for (let count = 0; count < 50; count++) {
      pipe.ends[0].channel.write(1).push(count);
      await nextTurn();
      pipe.deliver(0);
    }
    expect(pipe.ends[1].owner.received).toHaveLength(50);
    expect(pipe.ends[1].sent).toEqual([]);
  });
});

describe("large values", () => {
  it("let operations pass", async () => {
    const pipe = new LossyPipe({ windowBytes: 200, chunkBytes: 50, maxMessageBytes: 1e6 });
    const [here, there] = pipe.ends;
    here.channel.sendLarge([new Uint8Array(5_000)]);
    await nextTurn();
    pipe.deliver(0);
    here.channel.write(1).push("small");
    await nextTurn();
    for (let round = 0; round < 5 && there.owner.received.length === 0; round++) {
      pipe.deliver(0);
      pipe.deliver(1);
      await nextTurn();
    }
    expect(there.owner.received).toEqual(["small"]);
    expect(there.owner.large).toEqual([]);
    await pipe.settle();
    expect(there.owner.large).toHaveLength(1);
  });

  it("take turns", async () => {
    const pipe = new LossyPipe({ ...defaultChannelLimits, chunkBytes: 10 });
    for (let blob = 1; blob <= 3; blob++) pipe.ends[0].channel.sendLarge([new Uint8Array(25)]);
    await nextTurn();
    const blobs = pipe.ends[0].sent.map(({ body }) => Buffer.from(body).readUInt32BE(0));
    expect(blobs).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3]);
  });

  it("that are empty arrive too", async () => {
    const pipe = new LossyPipe();
    pipe.ends[0].channel.sendLarge([new Uint8Array()]);
    await pipe.settle();
    expect(pipe.ends[1].owner.large).toEqual([{ blob: 1, bytes: new Uint8Array() }]);
  });

  it("beyond the limit are refused with the limit, before their bytes are stored", async () => {
    const pipe = new LossyPipe({ ...defaultChannelLimits, maxMessageBytes: 1000 });
    pipe.ends[0].channel.sendLarge([new Uint8Array(1001)]);
    await pipe.settle();
    expect(pipe.ends[1].owner.failures).toMatchObject([
      {
        code: "LIMIT_EXCEEDED",
        message: "a value of 1001 bytes is larger than maxMessageBytes (1000; --max-message-bytes of the agent server)",
      },
    ]);
    expect(pipe.ends[1].owner.large).toEqual([]);
  });
});

describe("what leaves when", () => {
  it("is one frame for all that one task writes, at its end", async () => {
    const pipe = new LossyPipe();
    for (let count = 0; count < 100; count++) pipe.ends[0].channel.write(1).push(count);
    expect(pipe.ends[0].sent).toEqual([]);
    await Promise.resolve();
    await Promise.resolve();
    expect(pipe.ends[0].sent.filter(isCounted)).toHaveLength(1);
  });

  it("is one more frame for all the rest of that turn of the event loop", async () => {
    const pipe = new LossyPipe();
    pipe.ends[0].channel.write(1).push(0);
    for (let count = 1; count < 50; count++) {
      await Promise.resolve();
      pipe.ends[0].channel.write(1).push(count);
    }
    await nextTurn();
    await nextTurn();
    expect(pipe.ends[0].sent.filter(isCounted)).toHaveLength(2);
    await pipe.settle();
    expect(pipe.ends[1].owner.received).toHaveLength(50);
  });

  it("is split when it is much", async () => {
    const pipe = new LossyPipe();
    for (let count = 0; count < 20; count++) pipe.ends[0].channel.write(100_000).push("x".repeat(100_000));
    await pipe.settle();
    expect(pipe.ends[0].sent.length).toBeGreaterThan(3);
    expect(pipe.ends[1].owner.received).toHaveLength(20);
  });

  it("is nothing after the end, nor is anything passed on", async () => {
    const pipe = new LossyPipe();
    const [here, there] = pipe.ends;
    here.channel.write(1).push(1);
    there.channel.write(1).push(2);
    await nextTurn();
    here.channel.end();
    here.channel.write(1).push(3);
    await pipe.settle();
    here.channel.carrierDown();
    here.channel.carrierUp();
    await pipe.settle();
    expect(there.owner.received).toEqual([1]);
    expect(here.owner.received).toEqual([]);
  });
});

describe("frames that can't be understood", () => {
  const counted = (kind: 1 | 2, body: Uint8Array) => ({
    kind,
    toLane: 1,
    fromLane: 2,
    sequence: 1,
    acknowledgeSoon: false,
    acknowledged: 0,
    body: Buffer.from(body),
  });

  it.each([
    ["bytes that are no operations", 1, Uint8Array.from([0xc1])],
    ["operations that are no list", 1, Uint8Array.from([0x05])],
    ["a chunk of a value that did not begin", 2, Uint8Array.from([0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])],
    ["a chunk that is too short for its header", 2, Uint8Array.from([0, 0])],
    ["a value without size", 2, Uint8Array.from([0, 0, 0, 1, 0, 0, 0, 1, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0])],
    ["a value of a negative size", 2, Uint8Array.from([0, 0, 0, 1, 0, 0, 0, 1, 0xbf, 0xf0, 0, 0, 0, 0, 0, 0])],
    ["a chunk past its value's end", 2, Uint8Array.from([0, 0, 0, 1, 0, 0, 0, 1, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 1, 2])],
  ] as const)("end the channel: %s", (_what, kind, body) => {
    const { channel, owner } = new LossyPipe().ends[1];
    channel.receiveFrame(counted(kind, body));
    expect(owner.failures).toHaveLength(1);
    expect(owner.failures[0]).toMatchObject({
      code: expect.stringMatching(/INVALID_ARGUMENT|LIMIT_EXCEEDED/) as string,
    });
    expect(owner.received).toEqual([]);
    expect(owner.large).toEqual([]);
  });

  it("and are out of turn are ignored", () => {
    const { channel, owner } = new LossyPipe().ends[1];
    channel.receiveFrame({ ...counted(1, Uint8Array.from([0x91, 5])), sequence: 2 });
    expect(owner.received).toEqual([]);
    channel.receiveFrame(counted(1, Uint8Array.from([0x91, 5])));
    channel.receiveFrame(counted(1, Uint8Array.from([0x91, 5])));
    expect(owner.received).toEqual([5]);
    expect(owner.failures).toEqual([]);
  });

  it("are encoded by nobody here", () => {
    expect(encodeFrame(counted(1, Uint8Array.from([0x91, 5])))).toHaveLength(20);
  });
});
