import { writeFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { RpcAgentClient, RpcAgentServerLauncher } from "agentscope-distributed";
import { expect, test } from "vitest";
import { Echo } from "../../fixtures/agents/echo.js";
import { AgentServer, asServerCommand } from "../../processes/agentServer.js";
import { StartedProcess } from "../../processes/startedProcess.js";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";

const otherAddress = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ internal, family }) => !internal && family === "IPv4")?.address;

test.each(["0.0.0.0", "::", "192.0.2.1"])(
  "as-server does not listen on %s without token or client certificates",
  async (host) => {
    await using server = new StartedProcess(asServerCommand, { args: ["--host", host, "--port", "0"] });
    expect(await server.endsWithin(10_000)).toEqual({ code: 1, signal: null });
    expect(server.stdout).toBe("");
    expect(server.stderr).toContain(`host is ${host}`);
    expect(server.stderr).toMatch(/other machines can reach.*--token-file.*--tls-ca.*127\.0\.0\.1/);
    expect(server.stderr.trim().split("\n")).toHaveLength(1);
  },
);

test("a launcher does not listen beyond loopback without token or client certificates either", async () => {
  const options = { host: "0.0.0.0", customAgentClasses: [Echo] };
  for (const inSubprocess of [true, false]) {
    const launcher = new RpcAgentServerLauncher(options);
    await expect(launcher.launch({ inSubprocess })).rejects.toThrow(/host is 0\.0\.0\.0.*option token/);
  }
  const tls = { cert: "a", key: "b" };
  await expect(new RpcAgentServerLauncher({ ...options, tls }).launch()).rejects.toThrow(/host is 0\.0\.0\.0/);
});

test.skipIf(otherAddress === undefined)(
  "with a token as-server listens on all addresses, and takes only who has it",
  async () => {
    await using folder = await TemporaryFolder.make();
    await writeFile(folder.file("token"), "a-long-random-text");
    await using server = await AgentServer.start([
      "--host",
      "0.0.0.0",
      "--token-file",
      folder.file("token"),
      "--workers",
      "1",
    ]);
    const at = { host: String(otherAddress), port: server.port };
    expect(await new Echo({ name: "E" }).toDist({ ...at, token: "a-long-random-text" }).pid()).toBe(server.pid);
    await expect(new Echo({ name: "E" }).toDist(at)()).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  },
);

test.skipIf(otherAddress === undefined)("the default, and --local-mode, listen on loopback only", async () => {
  await using standard = await AgentServer.start(["--workers", "1"]);
  await using localMode = await AgentServer.start(["--workers", "1", "--host", "0.0.0.0", "--local-mode"]);
  for (const { port, at } of [standard, localMode]) {
    await using outside = new RpcAgentClient({ host: String(otherAddress), port });
    await using inside = new RpcAgentClient(at);
    expect(await outside.isAlive()).toBe(false);
    expect(await inside.isAlive()).toBe(true);
  }
});

test.each([
  ["is empty", " \n", /token.*is empty; as-server token --out FILE makes one/],
  ["is not there", undefined, /token.*can't be read/],
])("a token file that %s keeps the server from starting", async (_, text, message) => {
  await using folder = await TemporaryFolder.make();
  if (text !== undefined) await writeFile(folder.file("token"), text);
  const args = ["--port", "0", "--token-file", folder.file("token")];
  await using server = new StartedProcess(asServerCommand, { args });
  expect(await server.endsWithin(10_000)).toEqual({ code: 1, signal: null });
  expect(server.stderr).toMatch(message);
});
