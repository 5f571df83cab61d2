import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { listServers, type ServerRow } from "agentscope-distributed-daemon/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { agentDir, asServerCommand } from "../processes/agentServer.js";
import { DaemonProcess, StateFolder } from "../processes/daemonProcess.js";
import { startScript } from "../processes/script.js";
import { StartedProcess } from "../processes/startedProcess.js";
import { TemporaryFolder } from "../processes/temporaryFolder.js";
import { type Host, TwoHosts } from "../processes/twoHosts.js";
import { until } from "../processes/until.js";
import { Editor } from "./editor.js";

const whyNot = TwoHosts.whyNot();
if (whyNot !== undefined) process.stderr.write(`skipped: tests with two hosts: ${whyNot}\n`);

/** The token of all agent servers here: servers that have the same let each other in. */
const token = "of all servers of this test";

describe.skipIf(whyNot !== undefined)("two hosts", () => {
  let hosts: TwoHosts;
  let folder: TemporaryFolder;
  let state: StateFolder;
  let daemon: DaemonProcess;
  let editor: Editor;
  let url: string;

  beforeAll(async () => {
    hosts = new TwoHosts();
    folder = await TemporaryFolder.make();
    state = await StateFolder.make();
    const { address, through } = hosts.near;
    writeFileSync(folder.file("studio-token"), randomUUID());
    writeFileSync(folder.file("token"), token);
    const args = ["--host", address, "--token-file", folder.file("studio-token")];
    daemon = await DaemonProcess.start(state, { args, through });
    const { found } = state;
    if (found === undefined) throw new Error("the daemon can't be found");
    url = found.url;
    editor = await Editor.connect(found);
  });

  afterAll(async () => {
    await editor?.[Symbol.asyncDispose]();
    await daemon?.[Symbol.asyncDispose]();
    await state?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
    hosts?.[Symbol.dispose]();
  });

  /** An agent server on a host, which finds no daemon by itself. */
  async function startServer(host: Host, args: string[]): Promise<{ server: StartedProcess; at: Where }> {
    const server = new StartedProcess(asServerCommand, {
      args: ["--port", "0", "--agent-dir", agentDir, "--token-file", folder.file("token"), "--workers", "1", ...args],
      env: { AGENTSCOPE_STATE_DIR: folder.file("nothing") },
      through: host.through,
    });
    const { host: name, port } = await server.says("event");
    return { server, at: { host: String(name), port: Number(port) } };
  }

  const studioArgs = (option: string) => [option, url, "--studio-token-file", folder.file("studio-token")];

  async function row(serverId: string): Promise<ServerRow | undefined> {
    return (await editor.ask(listServers, {})).find((one) => one.serverId === serverId);
  }

  test("a server that nobody can connect to is reached through the daemon, with values of 64 MiB, which the daemon does not hold", {
    timeout: 240_000,
  }, async () => {
    await using listener = program(
      hosts.far,
      `require("node:net").createServer().listen(30_000, () => console.log('{"listens":1}'))`,
    );
    await listener.says("listens");
    expect(await connects(hosts.far.address, 30_000)).toBe(true);
    hosts.closeFar();
    expect(await connects(hosts.far.address, 30_000)).toBe(false);
    const far = await startServer(hosts.far, [...studioArgs("--via-studio"), "--server-id", "behind"]);
    await using _far = far.server;
    const near = await startServer(hosts.near, ["--host", hosts.near.address]);
    await using _near = near.server;
    expect(far.at.host).toBe(hosts.near.address);
    expect(await row("behind")).toMatchObject({ viaStudio: true, ...far.at });

    const heldBefore = peakBytes(daemon.pid);
    const mib = 64;
    const script = startScript("overRelay", {
      args: [JSON.stringify({ far: far.at, near: near.at, token, mib })],
      env: { AGENTSCOPE_STATE_DIR: folder.file("nothing") },
      through: hosts.near.through,
    });
    await using _script = script;
    const result = await script.says("content", 200_000);
    const sizeBytes = mib * 1024 * 1024;
    expect(result).toMatchObject({ content: { length: sizeBytes, sum: (sizeBytes / 256) * 32_640 }, isSame: true });
    // What the servers hand to each other does not come by the script.
    expect(result.receivedBetween).toBeLessThan(1024 * 1024);
    expect(peakBytes(daemon.pid) - heldBefore).toBeLessThan(48 * 1024 * 1024);
    expect(await script.endsWithin(10_000)).toEqual({ code: 0, signal: null });
  });

  test("a link that goes silent fails calls within the keepalive time, is shown, and comes back as the same row", {
    timeout: 90_000,
  }, async () => {
    const { server, at } = await startServer(hosts.far, [
      ...["--host", hosts.far.address, "--server-id", "silent"],
      ...studioArgs("--studio-url"),
    ]);
    await using _server = server;
    const before = await until(() => row("silent"), { timeoutMs: 5000, what: "the server" });
    expect(before).toMatchObject({ viaStudio: false, ...at });
    const script = startScript("waitsForServer", {
      args: [at.host, String(at.port), token],
      env: { AGENTSCOPE_STATE_DIR: folder.file("nothing") },
      through: hosts.near.through,
    });
    await using _script = script;
    await script.says("waits");
    hosts.goSilent();
    try {
      const shown = until(async () => ((await row("silent"))?.state === "unreachable" ? true : undefined), {
        timeoutMs: 12_000,
        what: "the server as unreachable",
      });
      const failed = await script.says("failed", 15_000);
      expect(failed).toMatchObject({ failed: "AgentServerNotAliveError" });
      expect(failed.ms).toBeLessThan(11_000);
      await shown;
    } finally {
      hosts.comeBack();
    }
    const isBack = async () => {
      const shown = await row("silent");
      return shown?.state === "ready" || shown?.state === "busy" ? shown : undefined;
    };
    const after = await until(isBack, { timeoutMs: 30_000, what: "the server as ready again" });
    const { instance, pid, serverId, restarts } = before;
    expect(after).toMatchObject({ instance, pid, serverId, restarts });
  });

  /** A program of a line or two, on a host. */
  function program(host: Host, text: string): StartedProcess {
    const file = folder.file(`${randomUUID()}.cjs`);
    writeFileSync(file, text);
    return new StartedProcess(file, { through: host.through });
  }

  /** Whether a process on the near host can connect. */
  async function connects(host: string, port: number): Promise<boolean> {
    await using tried = program(
      hosts.near,
      `const socket = require("node:net").connect(${port}, ${JSON.stringify(host)});
      socket.setTimeout(1000, () => process.exit(1));
      socket.on("error", () => process.exit(1)).on("connect", () => process.exit(0));`,
    );
    return (await tried.ended).code === 0;
  }
});

interface Where {
  host: string;
  port: number;
}

/** The most memory that a process has had. */
function peakBytes(pid: number): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kib) * 1024;
}
