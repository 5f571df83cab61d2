import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { report } from "./benchProcessReport.js";
import type { Daemon } from "./daemon.js";

/** The folder of the benches' agents. They are compiled, so no figure holds a TypeScript loader's time. */
const agentDir = fileURLToPath(new URL("./agents", import.meta.url));

const stopTimeoutMs = 5_000;

export interface AgentServerOptions {
  /** Worker threads for agents. Default: as many as the command takes by itself. */
  readonly workers?: number;
  /** Results that the server keeps at most. Default: the command's. */
  readonly maxPoolSize?: number;
  /** The daemon that it registers with, and its id there. Default: none. */
  readonly studio?: { readonly daemon: Daemon; readonly serverId: string };
}

/** An agent server, started as a person starts it: `as-server --port 0 --agent-dir agents/`. */
export class AgentServer implements AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, ready: ReadyLine, pid: number) {
    this.#process = process;
    this.host = ready.host;
    this.port = ready.port;
    this.pid = pid;
  }

  static async start(options: AgentServerOptions = {}): Promise<AgentServer> {
    const args = [asServerCommand(), "--host", "127.0.0.1", "--port", "0", "--agent-dir", agentDir];
    if (options.workers !== undefined) args.push("--workers", String(options.workers));
    if (options.maxPoolSize !== undefined) args.push("--max-pool-size", String(options.maxPoolSize));
    const { studio } = options;
    if (studio !== undefined) args.push("--studio-url", studio.daemon.found.url, "--server-id", studio.serverId);
    const child = spawn(process.execPath, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...studio?.daemon.env },
    });
    if (child.pid === undefined) throw new Error("as-server could not be started");
    void report({ kind: "started", pid: child.pid });
    const log: string[] = [];
    createInterface(child.stderr).on("line", (line) => {
      if (log.push(line) > 20) log.shift();
    });
    const ready = await readyLine(child, log);
    return new AgentServer(child, ready, child.pid);
  }

  /** Where an agent goes with `toDist`. */
  get address(): { host: string; port: number } {
    return { host: this.host, port: this.port };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    const impatience = setTimeout(() => this.#process.kill("SIGKILL"), stopTimeoutMs);
    await ended;
    clearTimeout(impatience);
  }
}

interface ReadyLine {
  readonly event: "ready";
  readonly host: string;
  readonly port: number;
}

function readyLine(child: ChildProcess, log: readonly string[]): Promise<ReadyLine> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      reject(new Error(`as-server ended before it was ready (${signal ?? `exit code ${code}`})\n${log.join("\n")}`));
    });
    if (!child.stdout) throw new Error("as-server has no standard output");
    createInterface(child.stdout).on("line", (line) => {
      if (line.includes('"ready"')) resolve(JSON.parse(line) as ReadyLine);
    });
  });
}

/** The file of the command `as-server`, as the installed package names it. */
function asServerCommand(): string {
  const manifest = createRequire(import.meta.url).resolve("agentscope-distributed/package.json");
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: Record<string, string> };
  const command = bin["as-server"];
  if (command === undefined) throw new Error("the package agentscope-distributed has no command as-server");
  return join(dirname(manifest), command);
}
