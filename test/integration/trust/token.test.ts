import { writeFile } from "node:fs/promises";
import { Client, credentials, Metadata, type StatusObject, status } from "@grpc/grpc-js";
import { AgentScopeError, Msg, RpcAgentClient } from "agentscope-distributed";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Caller } from "../../fixtures/agents/caller.js";
import { Echo } from "../../fixtures/agents/echo.js";
import { AgentServer, asServerCommand } from "../../processes/agentServer.js";
import { StartedProcess } from "../../processes/startedProcess.js";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";

let folder: TemporaryFolder;
let server: AgentServer;
let tokenFile: string;
const token = "a-long-random-text";

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  tokenFile = folder.file("token");
  await writeFile(tokenFile, `${token}\n`);
  server = await AgentServer.start(["--workers", "1", "--token-file", tokenFile]);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const say = (content: unknown) => new Msg({ name: "user", content, role: "user" });

async function errorOf(call: PromiseLike<unknown>): Promise<unknown> {
  return call.then(
    (value) => `resolved with ${String(value)}`,
    (error: unknown) => error,
  );
}

test("with the token agents are made, called and managed", async () => {
  const echo = new Echo({ name: "E" }).toDist({ ...server.at, token });
  expect(await echo(say("hello")).content).toBe("hello");
  await using client = new RpcAgentClient({ ...server.at, token });
  expect(await client.isAlive()).toBe(true);
  expect(await client.getServerInfo()).toMatchObject({ size: 1 });
  expect(await client.deleteAgent(echo.agentId)).toBe(true);
});

const wrongTokens = [
  ["no token", undefined],
  ["a wrong token", "another-long-text"],
  ["an empty token", ""],
  ["a beginning of the token", token.slice(0, -1)],
  ["more than the token", `${token}x`],
] as const;

test.each(wrongTokens)("with %s no agent is made, and the error says what to give", async (_, wrong) => {
  const echo = new Echo({ name: "E" }).toDist({ ...server.at, token: wrong, agentId: `by ${String(wrong)}` });
  for (const call of [echo(say("x")), echo.ready(), echo.pid()]) {
    const error = await errorOf(Promise.resolve(call));
    expect(error).toBeInstanceOf(AgentScopeError);
    expect(error).toMatchObject({ code: "UNAUTHENTICATED" });
    expect(String(error)).toMatch(new RegExp(`${server.address} lets nobody in without its token .*option token`));
  }
  const existing = { ...server.at, token: wrong, agentId: "nobody", connectExisting: true };
  expect(await errorOf(new Echo({ name: "E" }).toDist(existing)())).toMatchObject({ code: "UNAUTHENTICATED" });
  await using client = new RpcAgentClient({ ...server.at, token });
  expect((await client.getAgentList()).map(({ agent_id }) => agent_id)).not.toContain(`by ${String(wrong)}`);
});

test.each(wrongTokens)("with %s every management call is refused, whatever it asks for", async (_, wrong) => {
  await using client = new RpcAgentClient({ ...server.at, token: wrong });
  expect(await client.isAlive()).toBe(false);
  const messages = new Set<string>();
  for (const ask of [
    () => client.getServerInfo(),
    () => client.getAgentList(),
    () => client.getAgentMemory("nobody"),
    () => client.setModelConfigs({ config_name: "m", model_type: "openai_chat" }),
    () => client.deleteAgent("nobody"),
    () => client.deleteAllAgent(),
    () => client.cloneAgent("nobody"),
    () => client.createAgent({ className: "Echo", config: { name: "E" } }),
    () => client.createAgent({ className: "NoSuchClass", config: { name: "E" } }),
    () => client.callAgentFunc("nobody", "_reply"),
    () => client.updatePlaceholder("1"),
    () => client.downloadFile("/etc/hostname"),
    () => client.downloadFile("/no/such/file"),
    () => client.stop(),
  ]) {
    const error = await errorOf(ask());
    expect(error).toMatchObject({ code: "UNAUTHENTICATED" });
    messages.add((error as Error).message);
  }
  // The same for what is there and for what is not: nothing is learned.
  expect(messages.size).toBe(1);
  await using owner = new RpcAgentClient({ ...server.at, token });
  expect(await owner.isAlive()).toBe(true);
});

test.each(["/agentscope.link.v1.Link/Open", "/RpcAgent/is_alive", "/RpcAgent/stop"])(
  "a stranger's raw call of %s ends with UNAUTHENTICATED, in whatever form a wrong token comes",
  async (path) => {
    const client = new Client(server.address, credentials.createInsecure());
    const same = (bytes: Buffer) => bytes;
    for (const authorization of [
      undefined,
      token,
      `Basic ${token}`,
      "Bearer",
      "Bearer  ",
      `Bearer ${token} ${token}`,
    ]) {
      const metadata = new Metadata();
      if (authorization !== undefined) metadata.set("authorization", authorization);
      const stream = client.makeBidiStreamRequest(path, same, same, metadata);
      stream.on("error", () => {});
      stream.on("data", () => {});
      stream.end(Buffer.from([]));
      const { code } = await new Promise<StatusObject>((resolve) => {
        stream.once("status", resolve);
      });
      expect(code).toBe(status.UNAUTHENTICATED);
    }
    client.close();
  },
);

test("as-server status and stop take the token too", async () => {
  await using other = await AgentServer.start(["--workers", "1", "--token-file", tokenFile]);
  const at = ["--port", String(other.port)];
  await using refused = new StartedProcess(asServerCommand, { args: ["stop", ...at] });
  expect(await refused.endsWithin(10_000)).toEqual({ code: 1, signal: null });
  expect(refused.stderr).toMatch(/lets nobody in without its token/);
  await using statusCommand = new StartedProcess(asServerCommand, {
    args: ["status", ...at, "--token-file", tokenFile],
  });
  expect(await statusCommand.endsWithin(10_000)).toEqual({ code: 0, signal: null });
  expect(JSON.parse(statusCommand.stdout)).toMatchObject({ port: other.port, pid: other.pid, agents: [] });
  await using stop = new StartedProcess(asServerCommand, { args: ["stop", ...at, "--token-file", tokenFile] });
  expect(await stop.endsWithin(10_000)).toEqual({ code: 0, signal: null });
  expect(await other.endsWithin(15_000)).toEqual({ code: 0, signal: null });
});

test("servers with the same token, and those with another one, work together through a program that has both", async () => {
  const otherToken = folder.file("other-token");
  await writeFile(otherToken, "b-long-random-text");
  await using same = await AgentServer.start(["--workers", "1", "--token-file", tokenFile]);
  await using different = await AgentServer.start(["--workers", "1", "--token-file", otherToken]);
  await using open = await AgentServer.start(["--workers", "1"]);
  const places = [
    { ...server.at, token },
    { ...same.at, token },
    { ...different.at, token: "b-long-random-text" },
    open.at,
    {},
  ];
  const echoes = places.map((at, index) => new Echo({ name: `E${index}` }).toDist(at));
  await Promise.all(echoes.map((echo) => echo.ready()));
  const callers = places.map((at, index) => new Caller({ name: `C${index}`, asks: echoes }).toDist(at));
  for (const caller of callers) expect(await caller(say("through all")).content).toBe("through all");
  const large = "x".repeat(200_000);
  let x = echoes[0]?.(say(large));
  for (const echo of [...echoes, ...echoes]) x = echo(x);
  expect(await x?.content).toBe(large);
});

test("a child server lets in nobody but its parent", async () => {
  const echo = new Echo({ name: "E" }).toDist();
  await echo.ready();
  const { server: address } = JSON.parse(String(echo)) as { server: string };
  const [host = "", port] = address.split(":");
  expect(host).toBe("127.0.0.1");
  await using client = new RpcAgentClient({ host, port: Number(port) });
  await expect(client.getAgentList()).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  await expect(new Echo({ name: "S" }).toDist({ host: "localhost", port: Number(port) })()).rejects.toMatchObject({
    code: "UNAUTHENTICATED",
  });
});
