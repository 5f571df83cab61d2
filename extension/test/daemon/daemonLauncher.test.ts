import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { discoveryPath } from "agentscope-distributed/studio";
import { afterEach, beforeEach, expect, test } from "vitest";
import { joinDaemon } from "../../src/daemon/daemonLauncher.js";
import { FakeDaemon } from "./fakeDaemon.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "launch-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const env = () => ({ ...process.env, AGENTSCOPE_STATE_DIR: folder, VSCODE_IPC_HOOK_CLI: "of the editor" });

function script(text: string): string {
  const path = join(folder, "daemon.mjs");
  writeFileSync(path, text);
  return path;
}

test("a daemon that runs is joined, and none is started", async () => {
  await using daemon = await FakeDaemon.start();
  const joined = await joinDaemon({ script: join(folder, "none.mjs"), mayStart: true, env: daemon.env });
  expect(joined).toMatchObject({ started: false, discovery: { instance: daemon.instance } });
  joined.socket.destroy();
});

test("where none may be started, that is said", async () => {
  await expect(joinDaemon({ script: script(""), mayStart: false, env: env() })).rejects.toMatchObject({
    code: "down",
    message: "No daemon is running.",
  });
});

test("a daemon that can't start is told with its own words", async () => {
  const words = "process.stderr.write('as-studio: the folder is read-only\\n'); process.exit(1);";
  await expect(joinDaemon({ script: script(words), mayStart: true, env: env() })).rejects.toMatchObject({
    code: "down",
    message: "The daemon could not be started: as-studio: the folder is read-only",
  });
});

test("a daemon that never says that it is ready is waited for only so long", async () => {
  const options = { script: script("setInterval(() => {}, 1000);"), mayStart: true, startTimeoutMs: 300, env: env() };
  await expect(joinDaemon(options)).rejects.toThrow("The daemon could not be started: it was not there after 0.3 s");
});

test("a stale discovery file is no daemon; what is started is told to run in the background, as Node, without the editor's words", async () => {
  writeFileSync(
    discoveryPath(folder),
    JSON.stringify({ pid: 1, instance: "old", pipe: join(folder, "gone.sock"), url: "http://127.0.0.1:1", token: "t" }),
  );
  const told = join(folder, "told.json");
  const program = `
    import { writeFileSync } from "node:fs";
    const { VSCODE_IPC_HOOK_CLI, ELECTRON_RUN_AS_NODE } = process.env;
    const args = process.argv.slice(2);
    writeFileSync(${JSON.stringify(told)}, JSON.stringify({ args, VSCODE_IPC_HOOK_CLI, ELECTRON_RUN_AS_NODE }));
  `;
  const options = { script: script(program), mayStart: true, idleSeconds: 7, env: env() };
  await expect(joinDaemon(options)).rejects.toThrow("The daemon was started, and has ended already.");
  expect(JSON.parse(readFileSync(told, "utf8"))).toEqual({
    args: ["start", "--detached", "--idle-seconds", "7"],
    ELECTRON_RUN_AS_NODE: "1",
  });
});
