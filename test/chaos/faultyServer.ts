import { writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { AgentServer } from "../processes/agentServer.js";
import { giveDescriptors, takeDescriptors } from "../processes/descriptors.js";
import type { StartOptions } from "../processes/startedProcess.js";
import { TcpProxy } from "../processes/tcpProxy.js";

/** What goes wrong with a server, or on the way to it, and for how long. */
export type Fault =
  | { kind: "cut" }
  | { kind: "delay"; forMs: number; byMs: number }
  | { kind: "throttle"; forMs: number; bytesPerSecond: number }
  | { kind: "garble"; forMs: number }
  | { kind: "freeze"; forMs: number }
  /** It can open no file and no connection, and take none. */
  | { kind: "descriptors"; forMs: number }
  /** Its wall clock is set, forwards or back. */
  | { kind: "clock"; byMs: number }
  | { kind: "kill" };

export interface FaultyServerOptions {
  /** Of `as-server`. */
  args: readonly string[];
  env?: Record<string, string>;
  /** A file that says how far off its clock is. */
  clockFile: string;
  /** Whether it listens where a daemon says: its port is the daemon's to keep. */
  isRouted?: boolean;
}

/** An agent server that callers reach over a bad network, and that is started again at the same port when it was killed. */
export class FaultyServer implements AsyncDisposable {
  private constructor(
    private readonly options: FaultyServerOptions,
    private server: AgentServer,
    private readonly proxy: TcpProxy,
  ) {}

  static async start(options: FaultyServerOptions): Promise<FaultyServer> {
    writeFileSync(options.clockFile, "0");
    const server = await AgentServer.start(options.args, startOptions(options));
    return new FaultyServer(options, server, await TcpProxy.start(server.port));
  }

  /** Where its callers find it. */
  get at(): { host: string; port: number } {
    return this.proxy.at;
  }

  /** Where it listens itself. */
  get ownPort(): number {
    return this.server.port;
  }

  get pid(): number {
    return this.server.pid;
  }

  /**
   * Lets it happen, and be over.
   * @throws Error if the server has ended, and nobody killed it.
   */
  async suffer(fault: Fault): Promise<void> {
    const { proxy, server } = this;
    server.assertRunning();
    switch (fault.kind) {
      case "cut":
        proxy.cut();
        return;
      case "clock":
        writeFileSync(this.options.clockFile, String(fault.byMs));
        return;
      case "kill":
        await this.kill();
        return;
      case "delay":
        proxy.delay(fault.byMs);
        break;
      case "throttle":
        proxy.throttle(fault.bytesPerSecond);
        break;
      case "garble":
        proxy.garble();
        break;
      case "freeze":
        server.kill("SIGSTOP");
        break;
      case "descriptors":
        takeDescriptors(server.pid);
        break;
    }
    await pause(fault.forMs);
    server.assertRunning();
    if (fault.kind === "freeze") server.kill("SIGCONT");
    else if (fault.kind === "descriptors") giveDescriptors(server.pid);
    else proxy.pass();
  }

  private async kill(): Promise<void> {
    const { args, isRouted = false } = this.options;
    const { server } = this;
    await server.crash();
    const again = isRouted ? args : [...args, "--port", String(server.port)];
    this.server = await AgentServer.start(again, startOptions(this.options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

function startOptions({ env, clockFile }: FaultyServerOptions): StartOptions {
  const movedClock = new URL("../fixtures/hooks/movedClock.js", import.meta.url).href;
  return { nodeArgs: ["--import", movedClock], env: { ...env, MOVED_CLOCK: clockFile } };
}
