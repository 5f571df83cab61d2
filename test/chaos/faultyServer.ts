import { setTimeout as pause } from "node:timers/promises";
import { AgentServer } from "../processes/agentServer.js";
import { TcpProxy } from "../processes/tcpProxy.js";

/** What goes wrong with a server, or on the way to it, and for how long. */
export type Fault =
  | { kind: "cut" }
  | { kind: "delay"; forMs: number; byMs: number }
  | { kind: "throttle"; forMs: number; bytesPerSecond: number }
  | { kind: "garble"; forMs: number }
  | { kind: "freeze"; forMs: number }
  | { kind: "kill" };

/** An agent server that callers reach over a bad network, and that is started again at the same port when it was killed. */
export class FaultyServer implements AsyncDisposable {
  private constructor(
    private readonly args: readonly string[],
    private server: AgentServer,
    private readonly proxy: TcpProxy,
  ) {}

  /** @param args of `as-server` */
  static async start(args: readonly string[]): Promise<FaultyServer> {
    const server = await AgentServer.start(args);
    return new FaultyServer(args, server, await TcpProxy.start(server.port));
  }

  /** Where its callers find it. */
  get at(): { host: string; port: number } {
    return this.proxy.at;
  }

  get pid(): number {
    return this.server.pid;
  }

  /** Lets it happen, and be over. */
  async suffer(fault: Fault): Promise<void> {
    const { proxy, server } = this;
    switch (fault.kind) {
      case "cut":
        proxy.cut();
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
      case "kill":
        await server.crash();
        this.server = await AgentServer.start([...this.args, "--port", String(server.port)]);
        return;
    }
    await pause(fault.forMs);
    if (fault.kind === "freeze") server.kill("SIGCONT");
    else proxy.pass();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}
