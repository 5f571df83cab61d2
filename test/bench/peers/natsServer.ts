import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { report } from "../benchProcessReport.js";

/** A NATS server on any free port of loopback. */
export class NatsServer implements AsyncDisposable {
  private constructor(
    private readonly process: ChildProcess,
    readonly port: number,
  ) {}

  /** Nothing where the program `nats-server` is not installed. */
  static async start(): Promise<NatsServer | undefined> {
    const program = installed("nats-server");
    if (program === undefined) return undefined;
    const child = spawn(program, ["--addr", "127.0.0.1", "--port", "-1"], { stdio: ["ignore", "ignore", "pipe"] });
    if (child.pid !== undefined) void report({ kind: "started", pid: child.pid });
    for await (const line of createInterface(child.stderr)) {
      const [, port] = /client connections on .*:(\d+)/.exec(line) ?? [];
      if (port !== undefined) return new NatsServer(child, Number(port));
    }
    throw new Error("nats-server ended before it listened");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, "exit");
    this.process.kill("SIGKILL");
    await ended;
  }
}

function installed(command: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, command)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
