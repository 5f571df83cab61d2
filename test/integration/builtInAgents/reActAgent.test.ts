import { writeFile } from "node:fs/promises";
import { type DistOptions, init, type McpServers, Msg, ReActAgent, RpcAgentClient } from "agentscope-distributed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Clerk } from "../../fixtures/agents/clerk.js";
import { AgentServer } from "../../processes/agentServer.js";
import { ChatServer, type ChatServerAnswer } from "../../processes/chatServer.js";
import { isAlive } from "../../processes/processTable.js";
import { scriptPath, startScript } from "../../processes/script.js";
import { StartedProcess } from "../../processes/startedProcess.js";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";
import { until } from "../../processes/until.js";

const mcpProgram = scriptPath("mcpServer");
const calculator = { command: process.execPath, args: [mcpProgram] };

let chat: ChatServer;
let server: AgentServer;
let folder: TemporaryFolder;

/** A model that calls the tool that it is told (`use NAME {…}`), and answers with what came of it. */
function obedient({ messages }: { messages: { role: string; content: string | null }[] }): ChatServerAnswer {
  const last = messages.at(-1);
  if (last?.role === "tool") return { text: `It gave ${last.content}` };
  const [, name, input = "{}"] = /use (\S+)(?: (.*))?$/.exec(last?.content ?? "") ?? [];
  return name === undefined
    ? { text: "Nothing to do." }
    : { toolCalls: [{ name, input: JSON.parse(input) as object }] };
}

const use = (call: string) => new Msg({ name: "user", content: `use ${call}`, role: "user" });

beforeAll(async () => {
  chat = await ChatServer.start(obedient);
  folder = await TemporaryFolder.make();
  init({ quiet: true, modelConfigs: chat.config() });
  await writeFile(folder.file("models.json"), JSON.stringify(chat.config()));
  const mcpServers: McpServers = { house: { ...calculator, env: { MCP_SECRET: "env:HOUSE_SECRET" } } };
  await writeFile(folder.file("mcp.json"), JSON.stringify({ mcpServers }));
  server = await AgentServer.start(
    ["--workers", "2", "--model-config-path", folder.file("models.json"), "--mcp-config-path", folder.file("mcp.json")],
    { env: { HOUSE_SECRET: "of this house" } },
  );
});

afterAll(async () => {
  init({ quiet: false });
  await server[Symbol.asyncDispose]();
  await chat[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** Where an agent is put: nowhere, in a child process, or on the agent server. */
const places: [string, () => DistOptions | false][] = [
  ["local", () => false],
  ["in a child process", () => ({})],
  ["on an agent server", () => server.at],
];

describe.each(places)("a ReActAgent that is %s", (name, place) => {
  test("uses the tools of its class, which keep their state", async () => {
    const clerk = new Clerk({ name: "clerk", toDist: place() });
    expect(await clerk(use('add {"amount": 2}')).content).toMatch(/"sum":2/);
    const said = String(await clerk(use('add {"amount": 3}')).content);
    expect(said).toMatch(/"sum":5/);
    expect(said.includes(`"pid":${process.pid}`)).toBe(name === "local");
  });

  test("can be a plain one, with no tools and no registration", async () => {
    const agent = new ReActAgent({ name: "A", toDist: place() });
    expect(await agent(new Msg({ name: "user", content: "hello", role: "user" })).content).toBe("Nothing to do.");
  });
});

describe.each(places.slice(0, 2))("an MCP server that is a program, of an agent that is %s", (_, place) => {
  test("is started with the agent and gives it its tools; when it has ended, the model is told", async () => {
    const agent = new ReActAgent({
      name: "A",
      mcpServers: { calculator: { ...calculator, env: { MCP_SECRET: "planted" } } },
      toDist: place(),
    });
    expect(await agent(use('shout {"words": "hello"}')).content).toBe("It gave HELLO");
    expect(await agent(use("secret")).content).toBe("It gave planted");
    expect(await agent(use("fail")).content).toMatch(/It gave .*out of paper/);
    const pid = Number(String(await agent(use("process_id")).content).replace("It gave ", ""));
    expect(isAlive(pid)).toBe(true);
    process.kill(pid);
    await until(() => !isAlive(pid), { timeoutMs: 5000, what: "the end of the MCP server" });
    expect(await agent(use("process_id")).content).toMatch(/It gave MCP server "calculator"/);
  });

  test("that can't be started is named in the error", async () => {
    const agent = new ReActAgent({
      name: "A",
      mcpServers: { absent: { command: "no-such-program", args: ["--port", "1"] } },
      toDist: place(),
    });
    await expect(agent(use("shout"))).rejects.toMatchObject({
      code: "CREATION_FAILED",
      message: expect.stringMatching(/MCP server "absent" \(no-such-program --port 1\) can't be used/) as string,
    });
  });
});

describe("on an agent server", () => {
  test("agents use the MCP servers that it was started with, by name, with its secrets", async () => {
    const agent = new ReActAgent({ name: "A", mcpServers: ["house"], toDist: server.at });
    expect(await agent(use("secret")).content).toBe("It gave of this house");
    const pid = Number(String(await agent(use("process_id")).content).replace("It gave ", ""));
    await using client = new RpcAgentClient(server.at);
    await client.deleteAgent(agent.agentId);
    await until(() => !isAlive(pid), { timeoutMs: 5000, what: "the end of the deleted agent's MCP server" });
  });

  test("a caller can't have programs started, nor read the environment", async () => {
    const program = new ReActAgent({ name: "A", mcpServers: { calculator }, toDist: server.at });
    await expect(program(use("shout"))).rejects.toThrow(
      /"calculator".*is a program.*--mcp-config-path.*\["calculator"\]/s,
    );
    const mcpServers = { spy: { url: "http://127.0.0.1:1/", headers: { x: "env:HOUSE_SECRET" } } };
    const spy = new ReActAgent({ name: "A", mcpServers, toDist: server.at });
    await expect(spy(use("shout"))).rejects.toThrow(/"spy".*needs an environment variable/s);
    const unknown = new ReActAgent({ name: "A", mcpServers: ["garden"], toDist: server.at });
    await expect(unknown(use("shout"))).rejects.toThrow(/no MCP server "garden" here; there are house/);
  });

  test("an MCP server is used over HTTP by its address", async () => {
    await using mcp = new StartedProcess(mcpProgram, { args: ["http"] });
    const { port } = await mcp.says("port");
    const mcpServers = { web: { url: `http://127.0.0.1:${String(port)}/mcp`, headers: { "x-secret": "by header" } } };
    for (const toDist of [false, server.at]) {
      const agent = new ReActAgent({ name: "A", mcpServers, toDist });
      expect(await agent(use("secret")).content).toBe("It gave by header");
    }
  });
});

test.each(["", "http"])(
  "a main program whose agent has an MCP server (%s) ends by itself, and its program with it",
  async (how) => {
    await using mcp = new StartedProcess(mcpProgram, { args: ["http"] });
    const { port } = await mcp.says("port");
    const which = how === "http" ? `http://127.0.0.1:${String(port)}/mcp` : mcpProgram;
    await using script = startScript("mcpAgent", { args: [which, JSON.stringify(chat.config())] });
    const { said } = await script.says("said");
    expect(said).toMatch(/^It gave \d+$/);
    expect(await script.endsWithin(15_000)).toEqual({ code: 0, signal: null });
    const pid = Number(String(said).replace("It gave ", ""));
    if (how === "") await until(() => !isAlive(pid), { timeoutMs: 5000, what: "the end of the MCP server" });
  },
);
