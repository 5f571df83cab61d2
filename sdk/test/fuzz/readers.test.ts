import { fileURLToPath } from "node:url";
import { checkAccessToken, makeAccessToken } from "../../src/access/accessToken.js";
import { readMcpServers } from "../../src/agents/tools/mcpServers.js";
import { AgentScopeError } from "../../src/errors.js";
import { decodeControl, encodeControl } from "../../src/link/control.js";
import { decodeFrame, encodeFrame, toLaneOf } from "../../src/link/frame.js";
import { readAgentInitArgs, writeJsonInitArgs, writePickleInitArgs } from "../../src/management/agentInitArgs.js";
import { readMessageJson, writeMemoryJson, writeMessageJson } from "../../src/management/messageJson.js";
import { readPickle } from "../../src/management/readPickle.js";
import { writePickle } from "../../src/management/writePickle.js";
import { packLarge, unpackLarge } from "../../src/messages/largeCodec.js";
import { Msg } from "../../src/messages/msg.js";
import { packValue, type ReferenceCodec, toWire, unpackValue } from "../../src/messages/valueCodec.js";
import { readModelConfigs, receiveModelConfigs } from "../../src/models/modelConfigs.js";
import { checkStudioUrl } from "../../src/studio/studioAddress.js";
import { fuzzReaders, type Reader } from "./fuzzReaders.js";

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

const readers: readonly Reader[] = [
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
    name: "large values",
    seeds: [message, { ...data, large: new Uint8Array(70_000) }].map((value) =>
      Buffer.concat(packLarge(value, references)),
    ),
    read: (bytes) => unpackLarge(bytes, references),
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

fuzzReaders(readers, fileURLToPath(new URL("corpus/", import.meta.url)));

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
