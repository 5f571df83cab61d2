import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { AgentBase, init, Msg, type Placeholder, RpcAgentServerLauncher } from "../../src/index.js";
import { settings } from "../../src/orchestration/settings.js";
import { targetOf } from "../../src/runtime/agentTarget.js";
import { type Allocation, allocate, type AllocationItem } from "../../src/studio/protocol.js";
import { until } from "../until.js";
import { RecordingDaemon } from "./recordingDaemon.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

interface Handle {
  (input: Msg): Placeholder<string>;
}

let folder: string;
let moduleUrl: string;
let Where: new (config: { name: string }) => AgentBase;
const servers: RpcAgentServerLauncher[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "as-allocation-"));
  const sdk = new URL("../../dist/index.js", import.meta.url).href;
  const file = join(folder, "where.js");
  moduleUrl = pathToFileURL(file).href;
  await writeFile(
    file,
    `import { AgentBase, Msg } from ${JSON.stringify(sdk)};
    export class Where extends AgentBase {
      seen = 0;
      async reply(x) {
        return new Msg({ name: this.name, content: process.pid + " " + x.content + " " + this.seen++, role: "assistant" });
      }
    }`,
  );
  ({ Where } = (await import(moduleUrl)) as { Where: typeof Where });
  for (const serverId of ["one", "two"]) {
    const server = new RpcAgentServerLauncher({
      agentDir: folder,
      serverId,
      workers: 1,
      token: `token of ${serverId}`,
    });
    await server.launch();
    servers.push(server);
  }
});

afterAll(async () => {
  for (const server of servers) await server.shutdown();
  await rm(folder, { recursive: true });
});

let daemon: RecordingDaemon;
let asked: AllocationItem[][];
let warnings: string[];
let answer: (items: AllocationItem[]) => Allocation[] | Promise<Allocation[]>;

beforeEach(async () => {
  asked = [];
  warnings = [];
  daemon = await new RecordingDaemon(({ rpc }) => {
    rpc.onRequest(allocate, ({ items }) => {
      asked.push(items);
      return answer(items);
    });
  }).start();
  init({ studioUrl: daemon.url, logger: { warn: (text) => void warnings.push(text) } });
});

afterEach(() => daemon.stop());

const onServer = (index: number): Allocation => {
  const { serverId, host, port } = servers[index % 2] as RpcAgentServerLauncher;
  return { kind: "server", serverId, host, port, token: `token of ${serverId}` };
};
const addressOf = (index: number) => `127.0.0.1:${servers[index]?.port}`;
const make = (name: string) => new Where({ name }).toDist() as unknown as Handle;
const hello = (content: string) => new Msg({ name: "script", content, role: "user" });
const serverOf = (agent: object) => targetOf(agent).label.server;

it("agents that are made together are asked for together, and live where the daemon says; calls wait in order", async () => {
  answer = (items) => items.map((_item, index) => onServer(index));
  const agents = Array.from({ length: 1500 }, (_, index) => make(`A${index}`));
  const answers = agents.flatMap((agent) => [agent(hello("first")), agent(hello("second"))]);
  const texts = await Promise.all(answers.map(({ content }) => content));
  expect(asked.map(({ length }) => length)).toEqual([1000, 500]);
  expect(asked[0]?.[0]).toEqual({ className: "Where", builtIn: false, module: moduleUrl });
  expect(texts.filter((_text, index) => index % 2 === 0).every((text) => text.endsWith(" first 0"))).toBe(true);
  expect(texts.filter((_text, index) => index % 2 === 1).every((text) => text.endsWith(" second 1"))).toBe(true);
  expect(new Set(texts.map((text) => text.split(" ")[0])).size).toBe(2);
  expect(agents.slice(0, 3).map(serverOf)).toEqual([addressOf(0), addressOf(1), addressOf(0)]);
  expect(warnings).toEqual([]);
});

it("where the daemon has no server, agents go into child processes, and why is said once", async () => {
  answer = (items) => items.map(() => ({ kind: "child", reason: "no server has the class Where" }));
  const agents = ["A", "B", "C"].map(make);
  await Promise.all(agents.map((agent) => agent(hello("x"))));
  await make("D")(hello("x"));
  expect(agents.map(serverOf)).not.toContain(addressOf(0));
  expect(warnings).toEqual(["agents are put into child processes of this one: no server has the class Where"]);
});

it("a named daemon that is not there is waited for, then agents go into child processes", async () => {
  answer = () => [];
  await daemon.stop();
  init({ studioUrl: "http://127.0.0.1:9" });
  const began = performance.now();
  const text = await make("A")(hello("x")).content;
  expect(text).toMatch(/^\d+ x 0$/);
  expect(performance.now() - began).toBeGreaterThan(2900);
  expect(warnings.filter((warning) => warning.includes("agents are put into child processes"))).toHaveLength(1);
  expect(warnings.filter((warning) => warning.includes("no daemon can be reached at http://127.0.0.1:9"))).toHaveLength(
    2,
  );
});

it("a daemon that ends before it answers is asked again once it is back", async () => {
  answer = () => new Promise(() => {});
  const answers = make("A")(hello("x")).content;
  await until(() => asked.length === 1, { what: "the first question" });
  await daemon.stop();
  answer = (items) => items.map((_item, index) => onServer(index));
  await daemon.start();
  expect(await answers).toMatch(/^\d+ x 0$/);
  expect(asked).toHaveLength(2);
  expect(warnings.filter((warning) => warning.includes("child"))).toEqual([]);
});

it("a class of the main script is asked for by its name alone, and fails where only a child could have it", async () => {
  class Here extends AgentBase {}
  process.argv[1] = fileURLToPath(import.meta.url);
  answer = (items) => items.map(() => ({ kind: "child", reason: "there is none" }));
  const agent = new Here({ name: "H" }).toDist() as unknown as Handle;
  await expect(agent(hello("x"))).rejects.toMatchObject({ agentName: "H" });
  expect(asked).toEqual([[{ className: "Here", builtIn: false }]]);
  expect(settings.studioUrl).toBe(daemon.url);
});
