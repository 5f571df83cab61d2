import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agentBrand } from "../../src/agents/brand.js";
import { CallResult } from "../../src/messages/callResult.js";
import { Msg } from "../../src/messages/msg.js";
import { Placeholder } from "../../src/messages/placeholder.js";
import { RemoteFile } from "../../src/messages/remoteFile.js";
import { LargeValue, unwrapLarge } from "../../src/messages/largeValue.js";
import {
  largeBytes,
  packValue,
  type ReferenceCodec,
  snapshot,
  snapshotArguments,
  toWire,
  unpackValue,
} from "../../src/messages/valueCodec.js";
import { arbitraryMessage, arbitraryValue, objectsIn, shown } from "./arbitraryValue.js";
import { bytesOf, copyOf, noReferences, sent } from "./sentValue.js";

describe("a value that is sent", () => {
  it("arrives as the copy that a local agent gets", () => {
    fc.assert(
      fc.property(arbitraryValue, (value) => {
        expect(shown(sent(value))).toBe(shown(copyOf(value)));
      }),
      { numRuns: 1000 },
    );
  });

  it("arrives the same inside a message", () => {
    fc.assert(
      fc.property(arbitraryMessage, (message) => {
        const arrived = sent(message);
        expect(arrived).toBeInstanceOf(Msg);
        expect(shown(arrived)).toBe(shown(copyOf(message)));
      }),
      { numRuns: 300 },
    );
  });

  it("arrives whole, however large", () => {
    const text = "0123456789abcdéf".repeat(400_000);
    const bytes = Uint8Array.from({ length: 3_000_000 }, (_, index) => index % 251);
    const arrived = sent({ text, bytes, many: Array.from({ length: 100_000 }, (_, index) => index) }) as {
      text: string;
      bytes: Uint8Array;
      many: number[];
    };
    expect(arrived.text === text).toBe(true);
    expect(Buffer.compare(arrived.bytes, bytes)).toBe(0);
    expect(arrived.many).toHaveLength(100_000);
    expect(arrived.many[99_999]).toBe(99_999);
  });

  it("has the same bytes to read in a view of a larger buffer", () => {
    const whole = Uint8Array.from([1, 2, 3, 4, 5, 6]);
    expect(sent(whole.subarray(2, 4))).toEqual(Uint8Array.from([3, 4]));
    expect(sent(Buffer.from([7, 8]))).toEqual(Uint8Array.from([7, 8]));
  });
});

describe("the copy that an agent gets", () => {
  it("is equal to the original", () => {
    const value = {
      text: "a",
      list: [1, [2n, null]],
      map: new Map<unknown, unknown>([[{ key: 1 }, new Set(["x"])]]),
      date: new Date(5),
      bytes: new Uint8Array([1]),
      nothing: undefined,
    };
    expect(snapshot(value, "")).toEqual(value);
  });

  it("shares nothing that can change with the original", () => {
    fc.assert(
      fc.property(arbitraryValue, (value) => {
        const originals = objectsIn(value);
        const shared = [...objectsIn(copyOf(value))].filter((object) => originals.has(object));
        expect(shared).toEqual([]);
      }),
    );
  });

  it("keeps a message's id and timestamp", () => {
    const message = new Msg({ name: "a", content: {}, role: "user", metadata: 1 });
    const copy = snapshot(message, "") as Msg;
    expect(copy).toEqual(message);
    expect(copy).not.toBe(message);
    expect(copy.id).toBe(message.id);
    expect(copy.timestamp).toBe(message.timestamp);
  });

  it("has plain objects for those without prototype, and undefined for the holes of a list", () => {
    const bare = Object.assign(Object.create(null) as object, { a: 1 });
    // oxlint-disable-next-line no-sparse-arrays
    expect(shown(snapshot({ bare, list: [1, , 3] }, ""))).toBe("{ bare: { a: 1 }, list: [ 1, undefined, 3 ] }");
  });

  it("holds placeholders and agents themselves", () => {
    const result = new Placeholder(undefined, 1);
    const agent = Object.assign(() => {}, { [agentBrand]: {} });
    const file = new RemoteFile("localhost:1", "/a");
    expect(snapshot([result, agent, file], "")).toEqual([result, agent, file]);
    expect((snapshot([result], "") as unknown[])[0]).toBe(result);
  });

  it("comes marked as large from 64 KiB on", () => {
    const large = snapshot("x".repeat(largeBytes), "");
    expect(large).toBeInstanceOf(LargeValue);
    expect((large as LargeValue).sizeBytes).toBeGreaterThanOrEqual(largeBytes);
    expect(unwrapLarge(large)).toBe("x".repeat(largeBytes));
    expect(snapshot(new Uint8Array(largeBytes), "")).toBeInstanceOf(LargeValue);
    expect(snapshot(new Array(largeBytes).fill(0), "")).toBeInstanceOf(LargeValue);
    expect(snapshot("x".repeat(1000), "")).toBe("x".repeat(1000));
  });
});

describe("the inputs of a call", () => {
  it("are one message, or each of a list, by itself", () => {
    const message = new Msg({ name: "a", content: 1, role: "user" });
    const large = new Msg({ name: "a", content: "x".repeat(largeBytes), role: "user" });
    const result = new Placeholder(undefined, 1);
    expect(snapshotArguments("reply", [])).toEqual([undefined]);
    expect(snapshotArguments("observe", [undefined])).toEqual([undefined]);
    const [list] = snapshotArguments("reply", [[message, large, result]]) as [unknown[]];
    expect(list[0]).toEqual(message);
    expect(list[1]).toBeInstanceOf(LargeValue);
    expect(list[2]).toBe(result);
  });

  it("are refused with the path as the caller wrote it", () => {
    const content = { items: [1, 2, 3, { fn: () => {} }] };
    const message = new Msg({ name: "a", content, role: "user" });
    expect(() => snapshotArguments("reply", [message])).toThrow(/^content\.items\[3\]\.fn is a function/);
    expect(() => snapshotArguments("observe", [[message, message]])).toThrow(/^\[0\]\.content\.items\[3\]\.fn is/);
    expect(() => snapshotArguments("method", [1, { a: Symbol("s") }])).toThrow(/^arguments\[1\]\.a is a symbol/);
  });
});

describe("references in a value", () => {
  it("become what the connection makes of them, in order, and back", () => {
    const results = [new CallResult(undefined, 0), new Placeholder(undefined, 0)];
    const agent = Object.assign(() => {}, { [agentBrand]: {} });
    const references: ReferenceCodec = {
      exportResult: (result) => ["result", results.indexOf(result)],
      exportAgent: (given) => (given === agent ? "the agent" : undefined),
      exportUrl: (url) => (url.startsWith("/") ? new RemoteFile("here:1", url) : url),
      importResult: (reference) => results[(reference as [string, number])[1]],
      importAgent: (reference) => (reference === "the agent" ? agent : undefined),
      importFile: (address, path) => new RemoteFile(address, path),
    };
    const value = { list: [results[0], agent], map: new Map([["p", results[1]]]) };
    const arrived = unpackValue(bytesOf(value, references), references) as typeof value;
    expect(arrived.list[0]).toBe(results[0]);
    expect(arrived.list[1]).toBe(agent);
    expect(arrived.map.get("p")).toBe(results[1]);
    const message = new Msg({ name: "a", content: 1, role: "user", url: ["/tmp/a.png", "https://example.org/b.png"] });
    const { url } = unpackValue(bytesOf(message, references), references) as Msg;
    expect(url).toEqual([new RemoteFile("here:1", "/tmp/a.png"), "https://example.org/b.png"]);
  });

  it("that something else was made of are not taken for functions to be called", () => {
    const wired = toWire([new Map([[1, new Uint8Array(2)]])], noReferences);
    expect(() => packValue(wired)).not.toThrow();
  });

  it("cost no copy where a value has none", () => {
    const value = { a: [1, { b: "c" }], d: new Date(0) };
    expect(toWire(value, noReferences)).toBe(value);
  });
});
