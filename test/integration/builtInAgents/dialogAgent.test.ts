import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  DialogAgent,
  DictDialogAgent,
  init,
  Msg,
  type RpcAgent,
  RpcAgentClient,
  RpcAgentServerLauncher,
} from "agentscope-distributed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AgentServer, asServerCommand } from "../../processes/agentServer.js";
import { ChatServer, type ChatServerRequest } from "../../processes/chatServer.js";
import { Gate } from "../../processes/gate.js";
import { StartedProcess } from "../../processes/startedProcess.js";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";

const user = (content: unknown) => new Msg({ name: "user", content, role: "user" });

let chat: ChatServer;
let server: AgentServer;
let folder: TemporaryFolder;

/** Settled when a hundred have asked. */
const allTogether = new Gate(100);

/** A model that says what it heard last; to those who ask together, when all have asked. */
function echo({ messages }: ChatServerRequest) {
  const last = messages.at(-1)?.content ?? "";
  if (messages[0]?.content?.startsWith("json") === true)
    return { text: JSON.stringify({ heard: last, count: messages.length }) };
  return { text: `You said: ${last}`, ...(last.startsWith("together") && { after: allTogether.arrive() }) };
}

beforeAll(async () => {
  chat = await ChatServer.start(echo);
  folder = await TemporaryFolder.make();
  init({ quiet: true, modelConfigs: chat.config() });
  await writeFile(folder.file("models.json"), JSON.stringify([chat.config(), chat.config("second")]));
  server = await AgentServer.start(["--workers", "2", "--model-config-path", folder.file("models.json")]);
});

afterAll(async () => {
  init({ quiet: false });
  await server[Symbol.asyncDispose]();
  await chat[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

describe.each([
  ["local", () => false],
  ["in child processes", () => true],
  ["on an agent server that was told nothing of them", () => server.at],
])("built-in agents that are %s", (_, place) => {
  test("talk to each other by their models", async () => {
    const a = new DialogAgent({ name: "A", modelConfigName: "chat", toDist: place() });
    const b = new DialogAgent({ name: "B", modelConfigName: "chat", toDist: place() });
    expect(await b(a(user("hello"))).content).toBe("You said: You said: hello");
    expect(await b(user("and?")).content).toBe("You said: user:\n\nand?");
  });

  test("answer in the form of a schema", async () => {
    const schema = {
      type: "object",
      properties: { heard: { type: "string" }, count: { type: "integer" } },
      required: ["heard", "count"],
      additionalProperties: false,
    };
    const agent = new DictDialogAgent({
      name: "D",
      sysPrompt: "json",
      modelConfigName: "chat",
      schema,
      toDist: place(),
    });
    const { content } = await agent(user("hello"));
    expect(content).toMatchObject({ heard: expect.stringContaining("hello") as string });
  });

  test("moved there by toDist() do the same", async () => {
    const options = place();
    const a = new DialogAgent({ name: "A", modelConfigName: "chat" });
    const moved = options === false ? a : a.toDist(options === true ? {} : options);
    expect(await moved(user("hello")).content).toBe("You said: hello");
  });
});

test("what a distributed agent remembers is read by getAgentMemory", async () => {
  const agent = new DialogAgent({ name: "A", sysPrompt: "Be brief.", modelConfigName: "chat", toDist: server.at });
  await agent.observe(user("It is noon."));
  await agent(user("hello"));
  await using client = new RpcAgentClient(server.at);
  const memory = await client.getAgentMemory(agent.agentId);
  expect(memory.map(String)).toEqual(["user: It is noon.", "user: hello", "A: You said: hello"]);
  expect((await client.getAgentList()).find(({ agent_id: id }) => id === agent.agentId)).toMatchObject({
    name: "A",
    type: "DialogAgent",
    sys_prompt: "Be brief.",
  });
  const handle = agent as unknown as RpcAgent<DialogAgent>;
  expect(await handle.get("usage")).toMatchObject({ calls: 1 });
  const copy = await client.cloneAgent(agent.agentId);
  const twin = new DialogAgent({ name: "A" }).toDist({ ...server.at, agentId: copy, connectExisting: true });
  expect(await twin(user("hello")).content).toBe("You said: hello");
});

test("a built-in class can be named among the custom ones too", async () => {
  await using launched = new RpcAgentServerLauncher({ customAgentClasses: [DialogAgent], modelConfigs: chat.config() });
  await launched.launch();
  const agent = new DialogAgent({ name: "A", toDist: { host: launched.host, port: launched.port } });
  expect(await agent(user("hello")).content).toBe("You said: hello");
});

test("100 agents of one server are at their models at the same time", async () => {
  const agents = Array.from({ length: 100 }, (_, index) => {
    return new DialogAgent({ name: `A${index}`, useMemory: false, modelConfigName: "chat", toDist: server.at });
  });
  // None is answered before all have asked.
  const said = await Promise.all(agents.map(async (agent, index) => agent(user(`together ${index}`)).content));
  expect(said).toEqual(agents.map((_, index) => `You said: together ${index}`));
  expect(chat.mostAtOnce).toBe(100);
});

test("an agent server that nobody asks for a model loads no library for it", async () => {
  await using log = await TemporaryFolder.make();
  const hooks = fileURLToPath(new URL("../../fixtures/hooks/logModules.mjs", import.meta.url));
  await using idle = new StartedProcess(asServerCommand, {
    args: ["--port", "0"],
    nodeArgs: ["--no-warnings", "--import", hooks],
    env: { MODULE_LOG: log.file("modules") },
  });
  const { port } = await idle.says("port");
  const agent = new DialogAgent({ name: "A", toDist: { host: "127.0.0.1", port: Number(port) } });
  await agent.observe(user("hello"));
  const packages = async () =>
    new Set((await log.lines("modules")).flatMap((url) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []));
  const before = await packages();
  expect([...before].filter((name) => /^zod$|ai-sdk|wink|modelcontext/.test(name))).toEqual([]);
  await agent(user("What was said?"));
  expect(await packages()).toContain("wink-nlp");
});
