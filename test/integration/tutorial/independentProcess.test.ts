import { fileURLToPath } from "node:url";
import { RpcAgentClient, RpcAgentServerLauncher } from "agentscope-distributed";
import { expect, test } from "vitest";
import { Echo } from "../../fixtures/agents/echo.js";
import { Player } from "../../fixtures/agents/player.js";
import { AgentServer, agentDir as compiledDir } from "../../processes/agentServer.js";
import { isAlive } from "../../processes/processTable.js";
import { startScript } from "../../processes/script.js";
import { until } from "../../processes/until.js";
import { conversation, converse } from "./conversation.js";

const sourceDir = fileURLToPath(new URL("../../fixtures/agents", import.meta.url));
const configA = { name: "A" };
const configB = { name: "B", exitAt: 3 };

test.each([
  ["a process of its own", true],
  ["this process", false],
])("a launched server in %s hosts both agents of the flow", async (_, inSubprocess) => {
  await using server = new RpcAgentServerLauncher({ customAgentClasses: [Player] });
  await server.launch({ inSubprocess });
  const at = { host: server.host, port: server.port };
  const { said, pids } = await converse(new Player(configA).toDist(at), new Player(configB).toDist(at));
  expect(said).toEqual(conversation);
  const [pid] = pids;
  expect(pids.size).toBe(1);
  expect(pid === process.pid).toBe(!inSubprocess);
});

test.each([
  ["TypeScript", sourceDir],
  ["JavaScript", compiledDir],
])("as-server hosts the classes of a folder of %s", async (_, dir) => {
  await using server = await AgentServer.start(["--agent-dir", dir, "--workers", "1"]);
  const { said, pids } = await converse(
    new Player(configA).toDist(server.at),
    new Player({ ...configB, toDist: server.at }),
  );
  expect(said).toEqual(conversation);
  expect([...pids]).toEqual([server.pid]);
});

test("A in a child process, B on an agent server: the mix of the tutorial, and the other way round", async () => {
  await using server = await AgentServer.start(["--workers", "1"]);
  const first = await converse(new Player(configA).toDist(), new Player(configB).toDist(server.at));
  const second = await converse(new Player(configA).toDist(server.at), new Player(configB).toDist());
  for (const { said, pids } of [first, second]) {
    expect(said).toEqual(conversation);
    expect(pids.size).toBe(2);
    expect(pids).toContain(server.pid);
    expect(pids).not.toContain(process.pid);
  }
});

test("A and B on two agent servers, or one of them local", async () => {
  await using first = await AgentServer.start(["--workers", "1"]);
  await using second = await AgentServer.start(["--workers", "1"]);
  const both = await converse(new Player(configA).toDist(first.at), new Player(configB).toDist(second.at));
  const one = await converse(new Player(configA), new Player(configB).toDist(second.at));
  expect(both.said).toEqual(conversation);
  expect(both.pids).toEqual(new Set([first.pid, second.pid]));
  expect(one.said).toEqual(conversation);
  expect(one.pids).toEqual(new Set([process.pid, second.pid]));
});

test.each(["process", "here"])(
  "the tutorial's server program (%s) serves several main processes in turn, and ends when it is stopped",
  async (where) => {
    await using program = startScript("agentServer", { args: [where] });
    const { port } = await program.says("port");
    const at = { host: "127.0.0.1", port: Number(port) };
    await using main = startScript("echoOnce", { args: [at.host, String(at.port)] });
    expect(await main.says("content")).toEqual({ content: "hello" });
    expect(await main.endsWithin(15_000)).toEqual({ code: 0, signal: null });
    const agent = new Echo({ name: "E", toDist: at });
    expect(await agent.same("still there")).toBe("still there");
    await using client = new RpcAgentClient(at);
    await client.stop();
    await program.says("terminated");
    expect(await program.endsWithin(15_000)).toEqual({ code: 0, signal: null });
    expect(program.stderr).toBe("");
  },
);

test("a server of a launcher ends with the program that launched it", async () => {
  await using program = startScript("agentServer", { args: ["process"] });
  const { port } = await program.says("port");
  await using client = new RpcAgentClient({ host: "127.0.0.1", port: Number(port) });
  const { pid } = await client.getServerInfo();
  expect(pid).not.toBe(program.pid);
  program.kill("SIGKILL");
  await until(() => !isAlive(pid), { timeoutMs: 2000, what: "the end of the launched server" });
});

test("shutdown ends a launched server, also a second time, and the port can be used again", async () => {
  const first = new RpcAgentServerLauncher({ customAgentClasses: [Echo] });
  await first.launch();
  const { port } = first;
  await using client = new RpcAgentClient({ host: "127.0.0.1", port });
  const { pid } = await client.getServerInfo();
  await first.shutdown();
  await first.shutdown();
  expect(isAlive(pid)).toBe(false);
  expect(await client.isAlive()).toBe(false);
  await using second = new RpcAgentServerLauncher({ port, customAgentClasses: [Echo] });
  await second.launch({ inSubprocess: false });
  expect(await client.isAlive()).toBe(true);
  await second.shutdown();
  expect(await client.isAlive()).toBe(false);
});
