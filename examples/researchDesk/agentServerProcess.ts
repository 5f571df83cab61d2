import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

export interface AgentServerOptions {
  /** The folder whose agent classes the server offers. */
  readonly agentDir: string;
  /** How many agents can compute at the same time. */
  readonly workers: number;
  /** A file of the models that its agents can name. */
  readonly modelConfigPath?: string | undefined;
}

const READY_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;
const SHOWN_LOG_LINES = 15;

/**
 * An agent server, started as anyone starts it in a terminal: `as-server --port 0 --agent-dir …`. It is a program of its own
 * that outlives those who call it; this one is stopped when its owner disposes of it or exits.
 */
export class AgentServerProcess implements AsyncDisposable {
  /** Where it listens, as its ready line says. */
  readonly address: Promise<ServerAddress>;
  private readonly child: ChildProcessByStdio<null, Readable, Readable>;
  private readonly kill = () => this.child.kill("SIGKILL");

  constructor({ agentDir, workers, modelConfigPath }: AgentServerOptions) {
    const args = ["--host", "127.0.0.1", "--port", "0", "--agent-dir", agentDir, "--workers", String(workers)];
    if (modelConfigPath !== undefined) args.push("--model-config-path", modelConfigPath);
    this.child = spawn(process.execPath, [asServer(), ...args], { stdio: ["ignore", "pipe", "pipe"] });
    process.once("exit", this.kill);
    this.address = this.readyLine();
  }

  get processId(): number {
    return this.child.pid ?? 0;
  }

  /** Asks the server to end and waits until it has. */
  async [Symbol.asyncDispose](): Promise<void> {
    process.off("exit", this.kill);
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, "exit");
    this.child.kill("SIGTERM");
    const overdue = setTimeout(this.kill, STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(overdue);
  }

  private async readyLine(): Promise<ServerAddress> {
    const log: string[] = [];
    createInterface({ input: this.child.stderr }).on("line", (line) => log.push(line));
    await once(this.child, "spawn");
    const lines = createInterface({ input: this.child.stdout });
    const timeout = setTimeout(() => lines.close(), READY_TIMEOUT_MS);
    try {
      for await (const line of lines) {
        const address = addressIn(line);
        if (address) return address;
      }
    } finally {
      clearTimeout(timeout);
      this.child.stdout.resume();
    }
    const said = log.slice(-SHOWN_LOG_LINES).join("\n");
    throw new Error(`The agent server ended, or was not ready after ${READY_TIMEOUT_MS / 1000} s. It said:\n${said}`);
  }
}

function addressIn(line: string): ServerAddress | undefined {
  if (!line.startsWith("{")) return undefined;
  const message = JSON.parse(line) as { event?: string } & ServerAddress;
  return message.event === "ready" ? { host: message.host, port: message.port } : undefined;
}

/** The file behind the command `as-server`: run by this Node, it needs no PATH. */
function asServer(): string {
  const manifest = fileURLToPath(import.meta.resolve("agentscope-distributed/package.json"));
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: Record<string, string> };
  return join(dirname(manifest), bin["as-server"] ?? "");
}
