import { fileURLToPath } from "node:url";
import { fuzzReaders, type Reader } from "../../../sdk/test/fuzz/fuzzReaders.js";
import { toldCalls } from "../../src/placeholders/callEvents.js";
import { FrameError, FrameParser } from "../../src/wire/frameParser.js";

const rpc = (body: unknown) => {
  const text = JSON.stringify(body);
  return Buffer.from(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
};

const readers: readonly Reader[] = [
  {
    name: "JSON-RPC in the framing of the language server protocol",
    seeds: [
      rpc({
        jsonrpc: "2.0",
        id: 1,
        method: "hello",
        params: { protocolVersion: 1, token: "t", client: { name: "x" } },
      }),
      Buffer.concat([rpc({ jsonrpc: "2.0", method: "n" }), rpc({ jsonrpc: "2.0", id: "a", result: null })]),
    ],
    read: (bytes) => [...new FrameParser({ option: "maxFrameBytes", bytes: 10_000 }, 200).push(bytes)],
    mayThrow: (error) => error instanceof FrameError,
  },
  {
    name: "batches of what is told of calls",
    seeds: [
      Buffer.from(
        JSON.stringify({
          callers: ["i/0"],
          agents: [{ id: "a", name: "A", server: "127.0.0.1:1" }],
          events: [
            ["made", 0, 1, 1_700_000_000_000, 0, "reply", ["i/0/0"], { turnOf: "i/0/9", at: "a.ts:1:2" }],
            ["arrived", 0, 1, 1_700_000_000_001, 0, "reply"],
            ["begun", 0, 1, 1_700_000_000_002],
            ["ended", 0, 1, 1_700_000_000_003, { kind: "ready", sizeBytes: 3 }],
          ],
        }),
      ),
    ],
    read(bytes) {
      let batch: unknown;
      try {
        batch = JSON.parse(bytes.toString("utf8"));
      } catch {
        return undefined;
      }
      return toldCalls(batch as never);
    },
    mayThrow: () => false,
  },
];

fuzzReaders(readers, fileURLToPath(new URL("corpus/", import.meta.url)));
