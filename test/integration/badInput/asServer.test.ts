import { once } from "node:events";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { RpcAgentServerLauncher } from "agentscope-distributed";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Echo } from "../../fixtures/agents/echo.js";
import { AgentServer, asServerCommand } from "../../processes/agentServer.js";
import { StartedProcess } from "../../processes/startedProcess.js";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";

const nodeModules = fileURLToPath(new URL("../../../node_modules", import.meta.url));
let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await TemporaryFolder.make();
  await writeFile(folder.file("notJson.json"), "{ no json");
  await writeFile(folder.file("noName.json"), '[{"model_type": "openai_chat"}]');
  await mkdir(folder.file("empty"));
});

afterAll(async () => {
  await folder[Symbol.asyncDispose]();
});

const refused: [string, () => string[], RegExp][] = [
  ["a port that is no number", () => ["--port", "many"], /--port.*many.*whole number/],
  ["a port that is none", () => ["--port", "70000"], /port is 70000.*from 0.*to 65535/],
  ["a negative port", () => ["--port", "-1"], /--port.*-1.*whole number/],
  ["no workers", () => ["--workers", "0"], /--workers.*0.*at least 1/],
  ["no pool", () => ["--max-pool-size", "0"], /--max-pool-size.*at least 1/],
  ["a fraction", () => ["--max-timeout-seconds", "1.5"], /--max-timeout-seconds.*whole number/],
  ["an option that it does not have", () => ["--prot", "1"], /unknown option '--prot'.*\n?.*--port/],
  ["an option without its value", () => ["--agent-dir"], /--agent-dir.*argument missing/],
  ["a command that it does not have", () => ["strat"], /unknown command|too many arguments|strat/],
  ["a folder that is not there", () => ["--agent-dir", folder.file("missing")], /--agent-dir.*missing does not exist/],
  ["a file as the folder", () => ["--agent-dir", folder.file("noName.json")], /--agent-dir.*noName\.json is no folder/],
  [
    "models that are not there",
    () => ["--model-config-path", folder.file("no.json")],
    /no\.json.*ENOENT|can't be read.*no\.json/,
  ],
  ["models that are no JSON", () => ["--model-config-path", folder.file("notJson.json")], /notJson\.json/],
  ["a model without a name", () => ["--model-config-path", folder.file("noName.json")], /noName\.json.*config_name/],
  ["half of TLS", () => ["--tls-cert", folder.file("cert.pem")], /--tls-cert and --tls-key/],
  ["a host that is none of this machine", () => ["--host", "127.0.0.300"], /127\.0\.0\.300/],
];

test.concurrent.each(refused)(
  "as-server is told %s: it ends at once, with one message on standard error",
  async (_, args, message) => {
    await using server = new StartedProcess(asServerCommand, { args: ["--port", "0", ...args()] });
    expect(await server.endsWithin(15_000)).toEqual({ code: 1, signal: null });
    expect(server.stdout).toBe("");
    expect(server.stderr).toMatch(message);
    expect(server.stderr).not.toMatch(/^\s+at /m);
    expect(server.stderr.trim().split("\n").length).toBeLessThanOrEqual(3);
  },
);

test("a port in use is an error, which says which, and what to do", async () => {
  const occupied = createServer();
  occupied.listen(0, "127.0.0.1");
  await once(occupied, "listening");
  const { port } = occupied.address() as AddressInfo;
  const message = `port ${port} of 127.0.0.1 is in use`;
  try {
    await using server = new StartedProcess(asServerCommand, { args: ["--port", String(port)] });
    expect(await server.endsWithin(10_000)).toEqual({ code: 1, signal: null });
    expect(server.stderr).toContain(message);
    expect(server.stderr).toMatch(/Choose another port, or 0 for any free one/);
    for (const inSubprocess of [true, false]) {
      const launcher = new RpcAgentServerLauncher({ port, customAgentClasses: [Echo] });
      await expect(launcher.launch({ inSubprocess })).rejects.toThrow(message);
    }
  } finally {
    occupied.close();
  }
});

test("two servers can't have one port; the second one leaves the first alone", async () => {
  await using first = await AgentServer.start(["--workers", "1"]);
  await expect(AgentServer.start(["--workers", "1", "--port", String(first.port)])).rejects.toThrow(/is in use/);
  expect(await new Echo({ name: "E" }).toDist(first.at).pid()).toBe(first.pid);
});

test("bad files in the folder of agents are reported one by one, and the others are used", async () => {
  const files = {
    "fine.js": 'import { AgentBase } from "agentscope-distributed"; export class Fine extends AgentBase {}',
    "throws.ts": '\n\nthrow new RangeError("no key is set");',
    "syntax.js": "export class {",
    "missing.mjs": 'import "no-such-package";',
    "exits.cjs": "process.exit(3);",
    "later.js": 'setTimeout(() => {}, 1); void Promise.reject(new Error("left rejected"));',
    "nothing.ts": "export const one: number = 1;",
  };
  await using bad = await TemporaryFolder.make();
  await symlink(nodeModules, bad.file("node_modules"));
  await writeFile(bad.file("package.json"), '{ "type": "module" }');
  for (const [name, text] of Object.entries(files)) await writeFile(bad.file(name), text);
  await using server = await AgentServer.start(["--agent-dir", bad.path, "--workers", "2"]);
  const lines = server.stderr.split("\n");
  const reportOf = (name: string) => lines.filter((line) => line.includes(`/${name}:`)).join("\n");
  expect(lines[0]).toMatch(
    /1 agent class in 7 files; 5 files could not be loaded: correct them and start the server again/,
  );
  expect(reportOf("fine.js")).toMatch(/fine\.js: Fine$/);
  expect(reportOf("throws.ts")).toMatch(/could not be loaded: RangeError: no key is set \(.*throws\.ts:3\)/);
  expect(reportOf("syntax.js")).toMatch(/could not be loaded: .*syntax\.js:1/);
  expect(reportOf("missing.mjs")).toMatch(/could not be loaded: .*no-such-package/);
  expect(reportOf("exits.cjs")).toMatch(/could not be loaded: .*process\.exit\(3\)/);
  expect(reportOf("later.js")).toMatch(/could not be loaded: .*left rejected/);
  expect(reportOf("nothing.ts")).toMatch(/exports no agent class/);
  // Each is reported once, although every worker loads them.
  expect(lines.filter((line) => line.includes("/throws.ts:"))).toHaveLength(1);
  await expect(new Echo({ name: "E" }).toDist(server.at)()).rejects.toThrow(
    /does not know the class Echo; it has .*Fine/,
  );
});

test("a folder without agents starts a server that says so", async () => {
  await using server = await AgentServer.start(["--agent-dir", folder.file("empty"), "--workers", "1"]);
  expect(server.stderr).toMatch(/empty: 0 agent classes in 0 files/);
  await expect(new Echo({ name: "E" }).toDist(server.at)()).rejects.toThrow(/does not know the class Echo/);
});

test.each(["status", "stop"])("as-server %s says so where no server is", async (command) => {
  await using client = new StartedProcess(asServerCommand, { args: [command, "--port", "1"] });
  expect(await client.endsWithin(10_000)).toEqual({ code: 1, signal: null });
  expect(client.stderr).toContain("127.0.0.1:1");
  expect(client.stdout).toBe("");
});

test("as-server status prints a running server and its agents as JSON, and stop stops it", async () => {
  await using server = await AgentServer.start(["--workers", "1", "--server-id", "here"]);
  const echo = new Echo({ name: "E" }).toDist(server.at);
  await echo();
  const at = ["--port", String(server.port)];
  await using status = new StartedProcess(asServerCommand, { args: ["status", ...at] });
  expect(await status.endsWithin(10_000)).toEqual({ code: 0, signal: null });
  expect(JSON.parse(status.stdout)).toMatchObject({
    host: "127.0.0.1",
    port: server.port,
    pid: server.pid,
    id: "here",
    agents: [{ name: "E", type: "Echo", agent_id: echo.agentId }],
  });
  await using stop = new StartedProcess(asServerCommand, { args: ["stop", ...at] });
  expect(await stop.endsWithin(10_000)).toEqual({ code: 0, signal: null });
  expect(await server.endsWithin(15_000)).toEqual({ code: 0, signal: null });
});

test("the ready line is all that stands on standard output, and --no-log leaves standard error empty", async () => {
  await using server = await AgentServer.start(["--workers", "1", "--server-id", "quiet", "--no-log"]);
  expect(JSON.parse(server.stdout)).toEqual({
    event: "ready",
    host: "127.0.0.1",
    port: server.port,
    server_id: "quiet",
  });
  expect(server.stderr).toBe("");
});
