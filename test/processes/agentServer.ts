import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { StartedProcess, type StartOptions } from "./startedProcess.js";
import { until } from "./until.js";

/** The file of the command, as the package names it. */
export const asServerCommand = commandOf("as-server");

function commandOf(name: string): string {
  const manifest = fileURLToPath(import.meta.resolve("agentscope-distributed/package.json"));
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: Record<string, string> };
  return join(dirname(manifest), bin[name] ?? `no command ${name}`);
}

/** The agents of the tests, compiled. */
export const agentDir = fileURLToPath(new URL("../fixtures/agents", import.meta.url));

/** An agent server that a test started in a terminal's way, with the agents of the tests. */
export class AgentServer extends StartedProcess {
  readonly host = "127.0.0.1";
  /** Known once it is {@link ready}. */
  port = 0;

  private constructor(options: StartOptions) {
    super(asServerCommand, options);
  }

  /** @param args of `as-server`, after a free port of loopback and the agents of the tests. */
  static async start(args: readonly string[] = [], options: StartOptions = {}): Promise<AgentServer> {
    const server = new AgentServer({ ...options, args: ["--port", "0", "--agent-dir", agentDir, ...args] });
    try {
      await server.ready();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  private async ready(): Promise<void> {
    const { port } = await this.says("event");
    this.port = Number(port);
  }

  /** Where `toDist` puts an agent on it. */
  get at(): { host: string; port: number } {
    return { host: this.host, port: this.port };
  }

  get address(): string {
    return `${this.host}:${this.port}`;
  }

  /** Ends it as a crash of the machine does, and waits until it is gone. */
  async crash(): Promise<void> {
    this.kill("SIGKILL");
    await until(() => this.end, { timeoutMs: 5000, what: "the end of the killed server" });
  }
}
