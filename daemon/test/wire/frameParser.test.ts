import { studioErrorCode } from "agentscope-distributed/studio";
import * as fc from "fast-check";
import { ErrorCodes } from "vscode-jsonrpc";
import { describe, expect, test } from "vitest";
import { FrameError, FrameParser } from "../../src/wire/frameParser.js";

const newParser = () => new FrameParser({ option: "maxFrameBytes", bytes: 1000 }, 100);
const frame = (message: unknown) => {
  const body = JSON.stringify(message);
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
};
const call = (params: unknown[]) => ({ jsonrpc: "2.0", method: "m", params });

function parse(...pieces: (string | Buffer)[]): unknown[] {
  const parser = newParser();
  return pieces.flatMap((piece) => [...parser.push(Buffer.from(piece))].map(({ message }) => message));
}

test("messages are the same however the bytes were cut into pieces", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.string(), { maxLength: 3 }), { maxLength: 5 }),
      fc.array(fc.nat(20)),
      (all, cuts) => {
        const messages = all.map(call);
        const bytes = Buffer.from(messages.map(frame).join(""));
        const pieces: Buffer[] = [];
        let at = 0;
        for (const cut of cuts) pieces.push(bytes.subarray(at, (at += cut)));
        pieces.push(bytes.subarray(at));
        expect(parse(...pieces)).toEqual(messages);
      },
    ),
  );
});

test("headers may have other lines and any case", () => {
  const body = JSON.stringify(call([]));
  const header = `content-type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-LENGTH:${body.length}\r\n\r\n`;
  expect(parse(header + body)).toEqual([call([])]);
});

test("what was pushed after the last whole message is given back", () => {
  const parser = newParser();
  const [first] = [...parser.push(Buffer.from(`${frame(call([]))}Content-`))];
  expect([first?.message, parser.rest().toString(), parser.rest().length]).toEqual([call([]), "Content-", 0]);
});

describe("what can't be read is told apart", () => {
  const codeOf = (...pieces: string[]): number => {
    try {
      parse(...pieces);
    } catch (error) {
      if (error instanceof FrameError) return error.code;
      throw error;
    }
    return 0;
  };

  test.each([
    ["another protocol", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["a header without a length", "Content-Type: json\r\n\r\n"],
    ["a length that is no number", "Content-Length: 1e3\r\n\r\n"],
    ["a negative length", "Content-Length: -5\r\n\r\n"],
    ["an empty header", "\r\n\r\n"],
    ["no JSON", "Content-Length: 3\r\n\r\n{,}"],
    ["an empty body", "Content-Length: 0\r\n\r\n"],
  ])("%s", (_, text) => {
    expect(codeOf(text)).toBe(ErrorCodes.ParseError);
  });

  test.each([
    ["null", null],
    ["a batch", [call([])]],
    ["another version", { jsonrpc: "1.0", method: "m" }],
    ["a method that is no text", { jsonrpc: "2.0", method: 1, id: 1 }],
    ["an id that is an object", { jsonrpc: "2.0", method: "m", id: {} }],
    ["an id that is null", { jsonrpc: "2.0", method: "m", id: null }],
    ["parameters that are no object", { jsonrpc: "2.0", method: "m", id: 1, params: "x" }],
    ["neither a method nor a result", { jsonrpc: "2.0", id: 1 }],
  ])("a message that is none: %s", (_, message) => {
    expect(codeOf(frame(message))).toBe(ErrorCodes.InvalidRequest);
  });

  test.each([
    ["a message that is too large, before it is here", ["Content-Length: 1001\r\n\r\n"]],
    ["a length without end", [`Content-Length: ${"9".repeat(15)}\r\n\r\n`]],
    ["a header that is too long", [`X: ${"y".repeat(200)}\r\n\r\n`]],
    ["a header that never ends", Array.from({ length: 20 }, () => "x".repeat(10))],
  ])("%s", (_, pieces) => {
    expect(codeOf(...pieces)).toBe(studioErrorCode.limit);
  });
});
