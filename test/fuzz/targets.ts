import { studioErrorCode } from "agentscope-distributed/studio";
import { FrameError, FrameParser } from "../../daemon/src/wire/frameParser.js";
import { toldCalls } from "../../daemon/src/placeholders/callEvents.js";
import { checkAccessToken, makeAccessToken } from "../../sdk/src/access/accessToken.js";
import { readMcpServers } from "../../sdk/src/agents/tools/mcpServers.js";
import { AgentScopeError } from "../../sdk/src/errors.js";
import { decodeControl, encodeControl } from "../../sdk/src/link/control.js";
import { decodeFrame, encodeFrame, toLaneOf } from "../../sdk/src/link/frame.js";
import { readAgentInitArgs, writeJsonInitArgs, writePickleInitArgs } from "../../sdk/src/management/agentInitArgs.js";
import { readMessageJson, writeMemoryJson, writeMessageJson } from "../../sdk/src/management/messageJson.js";
import { readPickle } from "../../sdk/src/management/readPickle.js";
import { writePickle } from "../../sdk/src/management/writePickle.js";
import { Msg } from "../../sdk/src/messages/msg.js";
import { packValue, type ReferenceCodec, toWire, unpackValue } from "../../sdk/src/messages/valueCodec.js";
import { readModelConfigs, receiveModelConfigs } from "../../sdk/src/models/modelConfigs.js";
import { checkStudioUrl } from "../../sdk/src/studio/studioAddress.js";

/** Something that reads what others send. */
export interface Target {
  name: string;
  /** What it can read. */
  seeds: readonly Buffer[];
  read(bytes: Buffer): unknown;
  /** Whether it may throw this: an error that says what is wrong with the input. */
  mayThrow(error: unknown): boolean;
}

const isOurs = (error: unknown) => error instanceof AgentScopeError;
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

const message = new Msg({
  name: "user",
  content: { text: "höllo", list: [1, -2.5, null, true], deep: { a: { b: ["c"] } } },
  role: "user",
  url: "https://example.com/a.png",
  metadata: { tags: ["x"] },
});
const messageInputs = [message, [message, message], null] as const;
const data = {
  __proto__: null,
  text: "a",
  bytes: new Uint8Array([1, 2, 3]),
  map: new Map([[1, new Set(["x"])]]),
  big: 2n ** 70n,
};

/** Nobody is referred to. */
const references: ReferenceCodec = {
  exportResult: () => null,
  exportAgent: () => null,
  exportUrl: (url) => url,
  importFile: () => "",
  importResult: () => null,
  importAgent: () => null,
};

const peer = { instance: "i", address: "127.0.0.1:1", serverId: "s", lanes: [], machine: "m", realm: "" };
const hello = encodeControl({ type: "hello", connection: "c", resume: false, peer });
const secret = "a secret of the fuzzed server";

const rpc = (body: unknown) => {
  const text = JSON.stringify(body);
  return Buffer.from(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
};

const models = [
  {
    config_name: "a",
    model_type: "openai_chat",
    model_name: "m",
    api_key: "env:KEY",
    generate_args: { temperature: 0.5 },
  },
  { config_name: "b", model_type: "post_api_chat", base_url: "http://127.0.0.1:1/v1", headers: { "x-key": "env:KEY" } },
  { config_name: "c", model_type: "embedded_chat" },
];

export const targets: readonly Target[] = [
  {
    name: "frames of the link",
    seeds: [
      Buffer.from(hello),
      Buffer.from(
        encodeFrame({
          kind: 1,
          toLane: 1,
          fromLane: 0,
          sequence: 1,
          acknowledgeSoon: true,
          acknowledged: 0,
          body: packValue([3, 1, 1, 0, 0, 1, 2, "x"]),
        }),
      ),
    ],
    read(bytes) {
      toLaneOf(bytes);
      const { kind, body } = decodeFrame(bytes);
      return kind === 5 ? decodeControl(body) : unpackValue(body, references);
    },
    mayThrow: (error) => isOurs(error) || error instanceof RangeError,
  },
  {
    name: "values",
    seeds: [message, data, [message, data], "text", 1.5].map((value) =>
      Buffer.from(packValue(toWire(value, references))),
    ),
    read: (bytes) => unpackValue(bytes, references),
    mayThrow: isOurs,
  },
  {
    name: "pickles of Python",
    seeds: [{ args: [1, "a", null], kwargs: { x: [true, 2.5] }, class_name: "Echo" }, [new Set([1]), 2n ** 80n]].map(
      (value) => Buffer.from(writePickle(value)),
    ),
    read: (bytes) => readPickle(bytes),
    mayThrow: isOurs,
  },
  {
    name: "what an agent is made with",
    seeds: [writeJsonInitArgs("Echo", { name: "e", n: 1 }), writePickleInitArgs("Echo", { name: "e" })],
    read: (bytes) => readAgentInitArgs(bytes),
    mayThrow: isOurs,
  },
  {
    name: "messages of AgentScope 0.1",
    seeds: [...messageInputs.map((input) => writeMessageJson(input as never)), writeMemoryJson([message])].map((text) =>
      Buffer.from(text),
    ),
    read: (bytes) => readMessageJson(bytes.toString("utf8")),
    mayThrow: isOurs,
  },
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
    mayThrow: (error) => error instanceof FrameError && Number.isInteger(error.code ?? studioErrorCode.limit),
  },
  {
    name: "batches of what is told of calls",
    seeds: [
      json({
        callers: ["i/0"],
        agents: [{ id: "a", name: "A", server: "127.0.0.1:1" }],
        events: [
          ["made", 0, 1, 1_700_000_000_000, 0, "reply", ["i/0/0"], { turnOf: "i/0/9", at: "a.ts:1:2" }],
          ["arrived", 0, 1, 1_700_000_000_001, 0, "reply"],
          ["begun", 0, 1, 1_700_000_000_002],
          ["ended", 0, 1, 1_700_000_000_003, { kind: "ready", sizeBytes: 3 }],
        ],
      }),
    ],
    read(bytes) {
      const value = parsed(bytes);
      return value === undefined ? undefined : toldCalls(value as never);
    },
    mayThrow: () => false,
  },
  {
    name: "model configs in a program",
    seeds: [json(models), ...models.map(json)],
    read(bytes) {
      const value = parsed(bytes);
      return typeof value === "object" && value !== null ? readModelConfigs(value as never) : undefined;
    },
    mayThrow: isOurs,
  },
  {
    name: "model configs that are sent",
    seeds: [json(models), ...models.map(json)],
    read: (bytes) => receiveModelConfigs(parsed(bytes), { isReachable: false }),
    mayThrow: isOurs,
  },
  {
    name: "MCP servers",
    seeds: [
      json({ files: { command: "npx", args: ["server"], env: { A: "b" } }, far: { url: "http://127.0.0.1:1/mcp" } }),
    ],
    read(bytes) {
      const value = parsed(bytes);
      return typeof value === "object" && value !== null ? readMcpServers(value as never) : undefined;
    },
    mayThrow: isOurs,
  },
  {
    name: "tokens",
    seeds: ["read", "call", "manage"].map((role) => Buffer.from(makeAccessToken(secret, role as never))),
    read(bytes) {
      const text = bytes.toString("latin1");
      const { kind } = checkAccessToken(text, secret);
      const isMade = ["read", "call", "manage"].some((role) => makeAccessToken(secret, role as never) === text);
      if (kind !== "wrong" && !isMade) throw new Error(`${JSON.stringify(text)} is let in: ${kind}`);
      return kind;
    },
    mayThrow: () => false,
  },
  {
    name: "addresses of daemons",
    seeds: ["http://127.0.0.1:5000", "http://studio.example:80", "http://[::1]:5001"].map((text) => Buffer.from(text)),
    read: (bytes) => checkStudioUrl(bytes.toString("utf8")),
    mayThrow: isOurs,
  },
];

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
