import { readdir, stat } from "node:fs/promises";
import { Msg, RpcAgentClient } from "agentscope-distributed";
import { expect, test, vi } from "vitest";
import { Chronicle } from "../../fixtures/agents/chronicle.js";
import { AgentServer } from "../../processes/agentServer.js";
import { TcpProxy } from "../../processes/tcpProxy.js";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";
import { until } from "../../processes/until.js";

vi.setConfig({ testTimeout: 120_000 });

const say = (content: string) => new Msg({ name: "user", content, role: "user" });

test("an agent of an independent server that is killed and started again goes on there with its state", async () => {
  await using folder = await TemporaryFolder.make();
  const args = ["--workers", "2", "--save-dir", folder.path];
  const server = await AgentServer.start(args);
  const chronicle = new Chronicle({ name: "chronicle", log: folder.file("log") }).toDist({
    ...server.at,
    onServerLoss: "restart",
  });
  expect(await chronicle(say("a")).content).toBe("a: 1");
  const begun = chronicle(say("wait"));
  await until(async () => (await folder.lines("log")).includes("wait"), { timeoutMs: 60_000, what: "the turn" });
  const behind = chronicle(say("b"));
  await server.crash();
  await using _again = await AgentServer.start([...args, "--port", String(server.port)]);
  await expect(begun).rejects.toThrow("had begun");
  expect(await behind.content).toBe("b: 2");
  expect(await folder.lines("log")).toEqual(["a", "wait", "b"]);
});

test("an agent whose server was only out of reach is the same one when it can be reached, and no call runs twice", async () => {
  await using folder = await TemporaryFolder.make();
  await using server = await AgentServer.start(["--workers", "2", "--save-dir", folder.path]);
  const proxy = await TcpProxy.start(server.port);
  const { port } = proxy;
  const chronicle = new Chronicle({ name: "chronicle", log: folder.file("log") }).toDist({
    ...proxy.at,
    onServerLoss: "restart",
  });
  const pid = await chronicle.pid();
  expect(await chronicle(say("a")).content).toBe("a: 1");
  const calls = ["b", "c", "d"].map((text) => chronicle(say(text)));
  await calls[0];
  await proxy[Symbol.asyncDispose]();
  const late = ["e", "f"].map((text) => chronicle(say(text)));
  // Nothing listens there for longer than a broken connection is tried for.
  const closedAt = performance.now();
  await until(() => performance.now() - closedAt > 1000, { timeoutMs: 5000, what: "a lost way" });
  await using _again = await TcpProxy.start(server.port, port);
  await Promise.allSettled(calls);
  expect(await late[0]?.content).toMatch(/^e: /);
  expect(await late[1]?.content).toMatch(/^f: /);
  expect(await folder.lines("log")).toEqual(["a", "b", "c", "d", "e", "f"]);
  expect(await chronicle.pid()).toBe(pid);
});

test("what agents are to remember is given to nobody as a file", async () => {
  await using folder = await TemporaryFolder.make();
  await using server = await AgentServer.start(["--workers", "1", "--save-dir", folder.path]);
  const chronicle = new Chronicle({ name: "chronicle", log: folder.file("log") }).toDist({
    ...server.at,
    onServerLoss: "restart",
  });
  await chronicle(say("a"));
  const [name] = await readdir(folder.file(".agents"));
  const path = folder.file(`.agents/${name}`);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(folder.file(".agents"))).mode & 0o777).toBe(0o700);
  await using client = new RpcAgentClient(server.at);
  await expect(client.downloadFile(path)).rejects.toThrow("not found");
});
