import { readFile, writeFile } from "node:fs/promises";
import { type AccessRole, makeAccessToken, Msg, RpcAgentClient } from "agentscope-distributed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Echo } from "../../fixtures/agents/echo.js";
import { AgentServer, asServerCommand } from "../../processes/agentServer.js";
import { StartedProcess } from "../../processes/startedProcess.js";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";

let folder: TemporaryFolder;
let secretFile: string;
let secret: string;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  secretFile = folder.file("secret");
  await asServer("token", "--out", secretFile);
  secret = (await readFile(secretFile, "utf8")).trim();
});

afterAll(async () => {
  await folder[Symbol.asyncDispose]();
});

async function asServer(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  await using command = new StartedProcess(asServerCommand, { args });
  const { code } = await command.endsWithin(20_000);
  return { code, stdout: command.stdout, stderr: command.stderr };
}

const tokenFor = async (role: AccessRole) =>
  (await asServer("token", "--from", secretFile, "--role", role, "--days", "1")).stdout.trim();

const roles: readonly AccessRole[] = ["read", "call", "manage"];

/** Every call of the interface, and the least role that may make it. */
function calls(client: RpcAgentClient): [string, AccessRole, () => Promise<unknown>][] {
  return [
    ["getServerInfo", "read", () => client.getServerInfo()],
    ["getAgentList", "read", () => client.getAgentList()],
    ["getAgentMemory", "read", () => client.getAgentMemory("nobody")],
    ["createAgent", "call", () => client.createAgent({ className: "Echo", config: { name: "made" } })],
    ["cloneAgent", "call", () => client.cloneAgent("nobody")],
    ["callAgentFunc", "call", () => client.callAgentFunc("nobody", "_reply")],
    ["updatePlaceholder", "call", () => client.updatePlaceholder("1")],
    ["downloadFile", "call", () => client.downloadFile("/no/such/file")],
    ["deleteAgent", "manage", () => client.deleteAgent("nobody")],
    ["deleteAllAgent", "manage", () => client.deleteAllAgent()],
    ["setModelConfigs", "manage", () => client.setModelConfigs({ config_name: "m", model_type: "embedded_chat" })],
  ];
}

const codeOf = (call: () => Promise<unknown>) =>
  call().then(
    () => "answered",
    (error: unknown) => (error as { code?: string }).code,
  );

describe.each(["plain", "TLS"])("over %s", (wire) => {
  let server: AgentServer;
  let tls: { ca: string; cert: string; key: string } | undefined;

  beforeAll(async () => {
    const args = ["--workers", "1", "--token-file", secretFile];
    if (wire === "TLS") {
      const at = folder.file("certificates");
      await asServer("cert", "--out", at, "--host", "127.0.0.1", "localhost");
      args.push("--tls-cert", `${at}/server.pem`, "--tls-key", `${at}/server.key`, "--tls-ca", `${at}/ca.pem`);
      tls = { ca: `${at}/ca.pem`, cert: `${at}/client.pem`, key: `${at}/client.key` };
    }
    server = await AgentServer.start(args);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  const client = (token: string) => new RpcAgentClient({ ...server.at, token, ...(tls && { tls }) });

  test.each(["read", "call", "manage"] as const)(
    "a token for those who %s is taken for that, and for no more",
    async (role) => {
      await using mine = client(await tokenFor(role));
      expect(await mine.isAlive()).toBe(true);
      const refused: string[] = [];
      for (const [name, , call] of calls(mine)) {
        const code = await codeOf(call);
        expect(code).not.toBe("UNAUTHENTICATED");
        if (code === "PERMISSION_DENIED") refused.push(name);
      }
      const beyond = roles.slice(roles.indexOf(role) + 1);
      expect(refused).toEqual(calls(mine).flatMap(([name, needed]) => (beyond.includes(needed) ? [name] : [])));
    },
  );

  const hello = async (role: AccessRole): Promise<unknown> => {
    const echo = new Echo({ name: "E" }).toDist({ ...server.at, token: await tokenFor(role), ...(tls && { tls }) });
    return echo(new Msg({ name: "user", content: "hello", role: "user" })).content;
  };

  test.each(["call", "manage"] as const)("who may %s makes agents, and calls them", async (role) => {
    expect(await hello(role)).toBe("hello");
  });

  test("who may read makes no agents, and is told what that takes", async () => {
    await expect(hello("read")).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
      message: expect.stringMatching(/for those who read; this takes one of the role call.*as-server token/) as string,
    });
  });

  test("a token that has expired is refused for every call, and stops nothing", async () => {
    const expired = makeAccessToken(secret, "manage", new Date(Date.now() - 1000));
    await using late = client(expired);
    expect(await late.isAlive()).toBe(false);
    for (const [, , call] of calls(late)) expect(await codeOf(call)).toBe("UNAUTHENTICATED");
    await expect(late.stop()).rejects.toThrow(/the token has expired, at 20/);
    await using mine = client(await tokenFor("read"));
    await expect(mine.stop()).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    expect(await mine.isAlive()).toBe(true);
  });

  test("who may manage stops it", async () => {
    await using mine = client(secret);
    await mine.stop();
    expect(await server.endsWithin(15_000)).toEqual({ code: 0, signal: null });
  });
});

test("what can't be made is refused in a sentence, and nothing is written over", { timeout: 90_000 }, async () => {
  expect(await asServer("token", "--role", "read")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/--from FILE/),
  });
  expect(await asServer("token", "--from", secretFile, "--role", "king")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/read, call, manage/),
  });
  expect(await asServer("token", "--out", secretFile)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/is there already/),
  });
  const short = folder.file("short");
  await writeFile(short, "abc\n");
  expect(await asServer("token", "--from", short)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/3 characters/),
  });
  const derived = folder.file("derived");
  await writeFile(derived, await tokenFor("manage"));
  expect(await asServer("--port", "0", "--token-file", derived)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/needs the secret/),
  });
  const at = folder.file("twice");
  expect(await asServer("cert", "--out", at, "--host", "a.example")).toMatchObject({ code: 0 });
  expect(await asServer("cert", "--out", at, "--host", "a.example")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/--renew/),
  });
  expect(await asServer("cert", "--out", at, "--host", "a.example", "--renew")).toMatchObject({ code: 0 });
});
