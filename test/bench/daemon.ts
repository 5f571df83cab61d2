import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import {
  type ClientInfo,
  type Discovery,
  discoveryPath,
  hello,
  readDiscovery,
  studioProtocolVersion,
} from "agentscope-distributed/studio";
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import { report } from "./benchProcessReport.js";

/** The daemon, started as a person starts it, with a state folder of its own. */
export class Daemon implements AsyncDisposable {
  readonly pid: number;
  readonly found: Discovery;

  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {
    const found = readDiscovery(discoveryPath(folder));
    if (found === undefined) throw new Error("the daemon is not where it should be found");
    this.found = found;
    this.pid = found.pid;
  }

  static async start(): Promise<Daemon> {
    const folder = mkdtempSync(join(tmpdir(), "as-bench-"));
    const child = spawn(process.execPath, [asStudioCommand(), "--port", "0"], {
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, AGENTSCOPE_STATE_DIR: folder },
    });
    if (child.pid !== undefined) void report({ kind: "started", pid: child.pid });
    await new Promise<void>((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`as-studio ended before it was ready (exit code ${code})`)));
      createInterface(child.stdout).on("line", (line) => {
        if (line.includes('"ready"')) resolve();
      });
    });
    return new Daemon(child, folder);
  }

  /** The environment of programs that are to find this daemon. */
  get env(): Record<string, string> {
    return { AGENTSCOPE_STATE_DIR: this.folder };
  }

  /** A client as an editor is one. */
  async connect(kind: ClientInfo["kind"] = "editor"): Promise<MessageConnection> {
    const socket = connect(this.found.pipe);
    await once(socket, "connect");
    const rpc = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
    rpc.onClose(() => rpc.dispose());
    rpc.listen();
    const client = { kind, name: "bench", version: "1", pid: process.pid };
    await rpc.sendRequest(hello, { protocolVersion: studioProtocolVersion, token: this.found.token, client });
    return rpc;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = once(this.process, "exit");
      this.process.kill("SIGTERM");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function asStudioCommand(): string {
  const manifest = createRequire(import.meta.url).resolve("agentscope-distributed-daemon/package.json");
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: Record<string, string> };
  return join(dirname(manifest), bin["as-studio"] ?? "no command as-studio");
}
