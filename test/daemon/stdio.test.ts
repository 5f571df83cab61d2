import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { daemonStatus } from "agentscope-distributed-daemon/protocol";
import { hello, studioProtocolVersion } from "agentscope-distributed/studio";
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import { afterEach, beforeEach, expect, test } from "vitest";
import { asStudio, asStudioCommand, DaemonProcess, StateFolder } from "../processes/daemonProcess.js";
import { isAlive } from "../processes/processTable.js";

let state: StateFolder;
beforeEach(async () => {
  state = await StateFolder.make();
});
afterEach(async () => {
  await asStudio(state, "stop", "--force");
  await state[Symbol.asyncDispose]();
});

/** `as-studio --stdio`, as an editor starts it. */
class Bridge implements AsyncDisposable {
  private readonly child: ChildProcess;
  readonly rpc: MessageConnection;
  readonly ended: Promise<unknown>;

  constructor() {
    const args = [asStudioCommand, "--stdio", "--port", "0", "--idle-seconds", "30"];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...state.env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.child = child;
    this.ended = once(child, "close");
    this.rpc = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
    this.rpc.onError(() => {});
    this.rpc.listen();
  }

  hello() {
    const client = { kind: "editor" as const, name: "stdio", version: "1", pid: process.pid };
    return this.rpc.sendRequest(hello, { protocolVersion: studioProtocolVersion, client });
  }

  closeInput(): void {
    this.child.stdin?.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.rpc.dispose();
    this.child.kill("SIGKILL");
    await this.ended;
  }
}

test("an editor speaks over standard input and output, without a token, with a daemon that lives on after it", async () => {
  const bridge = new Bridge();
  const { pid } = await bridge.hello();
  expect(await bridge.rpc.sendRequest(daemonStatus, {})).toMatchObject({ pid, clients: 1 });
  bridge.closeInput();
  await bridge.ended;
  expect([isAlive(pid), state.found?.pid]).toEqual([true, pid]);

  await using another = new Bridge();
  expect((await another.hello()).pid).toBe(pid);
});

test("it uses the daemon that runs, and ends with it", async () => {
  await using daemon = await DaemonProcess.start(state);
  await using bridge = new Bridge();
  expect((await bridge.hello()).pid).toBe(daemon.pid);
  daemon.kill("SIGKILL");
  await bridge.ended;
});
