import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { daemonStatus } from "agentscope-distributed-daemon/protocol";
import { discoveryPath, type Discovery } from "agentscope-distributed/studio";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asStudio, DaemonProcess, StateFolder } from "../processes/daemonProcess.js";
import { isAlive } from "../processes/processTable.js";
import { until } from "../processes/until.js";
import { Editor } from "./editor.js";

let state: StateFolder;
beforeEach(async () => {
  state = await StateFolder.make();
});
afterEach(async () => {
  await asStudio(state, "stop", "--force");
  await state[Symbol.asyncDispose]();
});

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

function found(): Discovery {
  if (state.found === undefined) throw new Error("no daemon can be found");
  return state.found;
}

test("a daemon in a terminal says where it listens, is found, and is gone after Ctrl-C", async () => {
  await using daemon = await DaemonProcess.start(state);
  const { pid, url, pipe } = found();
  expect(daemon.said).toEqual([{ event: "ready", host: "127.0.0.1", port: Number(new URL(url).port), url, pid }]);
  expect(pid).toBe(daemon.pid);

  await using editor = await Editor.connect(found());
  expect(await editor.ask(daemonStatus, {})).toMatchObject({ pid, url, pipe, stateFolder: state.path, clients: 1 });

  daemon.kill("SIGINT");
  expect(await daemon.endsWithin(15_000)).toEqual({ code: 0, signal: null });
  await editor.closed;
  expect(state.found).toBeUndefined();
});

test("nobody but its user can read what it keeps or connect to its pipe", async () => {
  await using daemon = await DaemonProcess.start(state);
  expect(mode(state.path)).toBe("700");
  const files = ["daemon.json", "token", "daemon.sock", "daemon.log", "studio.db"];
  expect(files.map((name) => `${name} ${mode(join(state.path, name))}`)).toEqual(files.map((name) => `${name} 600`));
  expect(daemon.end).toBeUndefined();
});

test("of two that start at once one is the daemon, twenty times over, and both tell of it", async () => {
  for (let round = 0; round < 20; round++) {
    await using one = new DaemonProcess(state, { args: ["--idle-seconds", "30"] });
    await using other = new DaemonProcess(state, { args: ["--idle-seconds", "30"] });
    const ready = await Promise.all([one.says("event"), other.says("event")]);
    expect(ready[0]).toEqual(ready[1]);
    const [daemon, second] = ready[0]?.pid === one.pid ? [one, other] : [other, one];
    expect(await second.endsWithin(15_000)).toEqual({ code: 0, signal: null });
    expect(found().pid).toBe(daemon.pid);
    // Some rounds end well, some leave all files behind.
    daemon.kill(round % 2 === 0 ? "SIGTERM" : "SIGKILL");
    await daemon.ended;
  }
}, 300_000);

describe("after a daemon was killed", () => {
  test("the next one has the same token and port, and what is left of the first is no hindrance", async () => {
    await using first = await DaemonProcess.start(state);
    const before = found();
    first.kill("SIGKILL");
    await first.ended;
    expect(state.found).toEqual(before);

    const { stdout } = await asStudio(state, "start", "--detached", "--idle-seconds", "30");
    expect(JSON.parse(stdout)).toMatchObject({ event: "ready", url: before.url });
    expect(found()).toMatchObject({ token: before.token, url: before.url, pipe: before.pipe });
    expect(found().instance).not.toBe(before.instance);
  });

  test("a port that was taken meanwhile is given up for another", async () => {
    await using first = await DaemonProcess.start(state);
    const port = Number(new URL(found().url).port);
    first.kill("SIGKILL");
    await first.ended;
    const other = createServer().listen(port, "127.0.0.1");

    const { stdout } = await asStudio(state, "start", "--detached", "--idle-seconds", "30");
    other.close();
    expect(JSON.parse(stdout)).toMatchObject({ event: "ready" });
    expect(JSON.parse(stdout)).not.toMatchObject({ port });
  });
});

describe("a discovery file that means nothing", () => {
  test.each([
    ["names a process that is another by now", { pid: process.pid }],
    ["names a process that is gone", { pid: 2 ** 22 - 1 }],
  ])("%s: it is replaced", async (_, { pid }) => {
    mkdirSync(state.path, { mode: 0o700 });
    const stale = { pid, instance: "x", pipe: join(state.path, "gone.sock"), url: "http://127.0.0.1:1", token: "t" };
    writeFileSync(discoveryPath(state.path), JSON.stringify(stale));
    await using daemon = await DaemonProcess.start(state);
    expect(found().pid).toBe(daemon.pid);
  });

  test("is half written: it is replaced", async () => {
    mkdirSync(state.path, { mode: 0o700 });
    writeFileSync(discoveryPath(state.path), '{"pid": 1');
    await using daemon = await DaemonProcess.start(state);
    expect(found().pid).toBe(daemon.pid);
  });

  test("was deleted: the daemon writes it again", async () => {
    await using daemon = await DaemonProcess.start(state);
    const before = found();
    writeFileSync(discoveryPath(state.path), "");
    await until(() => state.found, { timeoutMs: 10_000, what: "the file, again" });
    expect(found()).toEqual(before);
    expect(daemon.end).toBeUndefined();
  });
});

describe("a daemon in the background", () => {
  test("outlives the command that started it, and ends by itself when nothing needs it", async () => {
    await asStudio(state, "start", "--detached", "--port", "0", "--idle-seconds", "1");
    const { pid } = found();
    const editor = await Editor.connect(found());
    const status = await asStudio(state, "status", "--json");
    expect(JSON.parse(status.stdout)).toMatchObject({ running: true, pid, clients: 2 });

    await editor[Symbol.asyncDispose]();
    await until(() => !isAlive(pid), { timeoutMs: 10_000, what: "the end of the daemon that nothing needs" });
    expect(state.found).toBeUndefined();
    const after = await asStudio(state, "status", "--json");
    expect([after.stdout, after.end?.code]).toEqual(['{"running":false}\n', 1]);
  });

  test("stays as long as a client is connected", async () => {
    await asStudio(state, "start", "--detached", "--port", "0", "--idle-seconds", "1");
    await using editor = await Editor.connect(found());
    const status = () => editor.ask(daemonStatus, {});
    const { startedAtMs } = await status();
    await until(async () => Date.now() - (await status()).startedAtMs > 3000, {
      timeoutMs: 10_000,
      what: "three seconds",
    });
    expect((await status()).startedAtMs).toBe(startedAtMs);
  });

  test("that can't start says why", async () => {
    const port = createServer().listen(0, "127.0.0.1");
    await until(() => port.listening, { timeoutMs: 15_000, what: "a port" });
    const taken = String((port.address() as { port: number }).port);
    const { end, stderr } = await asStudio(state, "start", "--detached", "--port", taken);
    port.close();
    expect([end?.code, stderr]).toEqual([1, expect.stringContaining(`port ${taken} of 127.0.0.1 is taken`)]);
  });
});

describe("options", () => {
  test("a daemon that other machines could reach does not start without a token of its user's choice", async () => {
    const refused = await asStudio(state, "--host", "0.0.0.0", "--port", "0");
    expect([refused.end?.code, refused.stderr]).toEqual([1, expect.stringContaining("--token-file")]);

    mkdirSync(state.path, { recursive: true, mode: 0o700 });
    const file = join(state.path, "chosen");
    writeFileSync(file, "a long random text\n");
    await using daemon = await DaemonProcess.start(state, { args: ["--host", "0.0.0.0", "--token-file", file] });
    expect(found().token).toBe("a long random text");
    expect(daemon.end).toBeUndefined();
  });

  test("that say otherwise than the daemon that runs are refused", async () => {
    await using daemon = await DaemonProcess.start(state);
    const refused = await asStudio(state, "--port", "1");
    expect([refused.end?.code, refused.stderr]).toEqual([1, expect.stringContaining("as-studio stop")]);
    expect(daemon.end).toBeUndefined();
  });
});
