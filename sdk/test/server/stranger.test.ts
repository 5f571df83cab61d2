import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RpcAgentClient } from "../../src/client/rpcAgentClient.js";
import { argumentKind, operation } from "../../src/link/operations.js";
import { packValue } from "../../src/messages/valueCodec.js";
import { until } from "../until.js";
import { fixture } from "./classModulesWorker.js";
import { RawLink } from "./rawLink.js";

let server: ChildProcess;
let port: number;
let folder: string;
let client: RpcAgentClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "agentscope-stranger-"));
  const command = fileURLToPath(new URL("../../dist/bundle/asServer.js", import.meta.url));
  const args = ["--port", "0", "--workers", "1", "--no-log", "--agent-dir", fileURLToPath(fixture("good"))];
  server = spawn(process.execPath, [command, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  server.stdout?.on("data", (text: Buffer) => (said += text.toString()));
  await until(() => said.includes("\n"), { timeoutMs: 15_000, what: "the server's ready line" });
  ({ port } = JSON.parse(said) as { port: number });
  client = new RpcAgentClient({ host: "127.0.0.1", port });
});

afterAll(async () => {
  client.close();
  server.kill();
  await once(server, "exit");
  await rm(folder, { recursive: true });
});

async function connected(): Promise<RawLink & Disposable> {
  const link = await new RawLink(port).open();
  return Object.assign(link, { [Symbol.dispose]: () => link.close() });
}

const create = (seq: number, className: string, moduleUrl: unknown) => [
  operation.create,
  seq,
  seq,
  `agent-${Math.random()}`,
  "A",
  className,
  moduleUrl,
  null,
  null,
  [{ name: "A" }],
];

test("a class is not loaded by a module that a caller names", async () => {
  using link = await connected();
  const evil = join(folder, "evil.mjs");
  const trace = join(folder, "trace");
  writeFileSync(
    evil,
    `import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(trace)}, "");`,
  );
  const modules = [pathToFileURL(evil).href, `data:text/javascript,throw%201`, "node:child_process", "../evil.mjs", ""];
  for (const [index, url] of modules.entries()) {
    link.send(...create(index + 1, "Evil", url));
    const [code, , failure] = await link.answer(index + 1);
    expect(code).toBe(operation.failure);
    expect(JSON.stringify(failure)).toMatch(/does not know the class Evil; it has .*Plain/);
  }
  expect(existsSync(trace)).toBe(false);
});

test.each([
  "constructor",
  "__proto__",
  "__defineGetter__",
  "hasOwnProperty",
  "setup",
  "dispose",
  "toDist",
  "_own",
  "call",
])("%s is not called for whoever asks on the wire", async (method) => {
  using link = await connected();
  link.send(...create(1, "Plain", null));
  expect((await link.answer(1))[0]).toBe(operation.result);
  link.send(operation.call, 1, 2, 0, method, 0);
  const [code, , failure] = await link.answer(2);
  expect(code).toBe(operation.failure);
  expect(JSON.stringify(failure)).toContain(
    `class Plain has no public method ${JSON.stringify(JSON.stringify(method)).slice(1, -1)}`,
  );
  link.send(operation.call, 1, 3, 0, "get", 1, argumentKind.value, "_own");
  expect((await link.answer(3))[0]).toBe(operation.failure);
});

const damaged: [string, (link: RawLink) => void][] = [
  ["operations for the I/O thread", (link) => link.sendBody(packValue([99]), { toLane: 0 })],
  ["random bytes", (link) => link.sendBytes(randomBytes(1000))],
  ["no bytes", (link) => link.sendBytes(new Uint8Array())],
  ["a frame of random operations", (link) => link.sendBody(randomBytes(1000))],
  ["no list of operations", (link) => link.sendBody(packValue({ call: 1 }))],
  ["an unknown operation", (link) => link.send(99)],
  ["an operation without its fields", (link) => link.send(operation.create, 1)],
  ["fields of other types", (link) => link.send(operation.create, "1", {}, 2, null, [], 5, 6, 7, 8)],
  ["negative numbers", (link) => link.send(operation.call, -1, -1, -1, 0, -1)],
  ["a count that is not true", (link) => link.send(operation.call, 1, 1, 0, 0, 2 ** 40)],
  ["a release of everything", (link) => link.send(operation.release, 2 ** 40)],
  ["a list as long as memory", (link) => link.send(operation.call, 1, 1, 0, 0, 1, argumentKind.list, 2 ** 50)],
  ["an unknown kind of argument", (link) => link.send(operation.value, 1, 77)],
  [
    "a reference to nowhere",
    (link) => link.send(operation.call, 1, 1, 0, 0, 1, argumentKind.reference, 1, 2, 3, 4, 5, 6),
  ],
  ["an answer to no question", (link) => link.send(operation.result, 5, argumentKind.value, 1)],
  ["a probe that is none", (link) => link.send(operation.probe, {}, {}, {})],
  ["a chunk of no value", (link) => link.send(operation.result, 5, argumentKind.large, 5, 2 ** 45)],
  ["a value nested too deeply", (link) => link.sendBody(nested(100_000))],
  ["operations for a worker that there is not", (link) => link.sendBody(packValue([99]), { toLane: 999 })],
];

/** MessagePack of lists in lists. */
function nested(levels: number): Uint8Array {
  return Buffer.concat([Buffer.alloc(levels, 0x91), Buffer.from([1])]);
}

test.each(damaged)("%s does no harm to the server and its other callers", async (_, send) => {
  const id = await client.createAgent({ className: "Plain", config: { name: "P" } });
  using link = await connected();
  send(link);
  using other = await connected();
  other.send(...create(1, "Plain", null));
  expect((await other.answer(1))[0]).toBe(operation.result);
  expect((await client.getAgentList()).map(({ agent_id }) => agent_id)).toContain(id);
  await client.deleteAllAgent();
});

test("a caller that begins with anything but hello is sent away", async () => {
  for (const first of [new Uint8Array([1, 2, 3]), randomBytes(100), Buffer.from('{"type":"hello"}')]) {
    const link = new RawLink(port);
    link.sendBytes(first);
    await until(() => link.ended, { timeoutMs: 3000, what: "the end of the stream" });
    link.close();
  }
  expect(await client.isAlive()).toBe(true);
});

test("__proto__ in what an agent is made of is inert", async () => {
  using link = await connected();
  const config = JSON.parse('{"name": "A", "__proto__": {"polluted": true}}') as object;
  link.send(operation.create, 1, 1, "polluter", "A", "Plain", null, null, null, [config]);
  expect((await link.answer(1))[0]).toBe(operation.result);
  link.send(operation.call, 1, 2, 0, "get", 1, argumentKind.value, "polluted");
  const [code, , kind, value] = await link.answer(2);
  expect([code, kind, value ?? null]).toEqual([operation.result, argumentKind.none, null]);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
