import { Msg, type MsgInit, type RpcAgent } from "agentscope-distributed";
import { listAgents } from "agentscope-distributed-daemon/protocol";
import { Editor } from "../daemon/editor.js";
import { Recorder } from "../fixtures/agents/recorder.js";
import { AgentServer } from "../processes/agentServer.js";
import { DaemonProcess, StateFolder } from "../processes/daemonProcess.js";
import { until } from "../processes/until.js";

/** A daemon, and an agent server that it knows. */
export class RememberingServer implements AsyncDisposable {
  readonly serverId = "mine";

  private constructor(
    readonly state: StateFolder,
    private readonly daemon: DaemonProcess,
    private readonly server: AgentServer,
  ) {}

  static async start(): Promise<RememberingServer> {
    const state = await StateFolder.make();
    const daemon = await DaemonProcess.start(state);
    const args = ["--studio-url", state.found?.url ?? "", "--server-id", "mine"];
    return new RememberingServer(state, daemon, await AgentServer.start(args, { env: state.env }));
  }

  /** Makes an agent, which has heard "hello" of Anna. */
  async agent(name: string): Promise<RememberingAgent> {
    const { found } = this.state;
    if (!found) throw new Error("no daemon");
    const agent = new Recorder({ name }).toDist(this.server.at);
    await agent(new Msg({ name: "Anna", role: "user", content: "hello" }));
    await using editor = await Editor.connect(found);
    await until(async () => (await editor.ask(listAgents, { filter: agent.agentId, offset: 0, limit: 1 })).total > 0, {
      timeoutMs: 10_000,
      what: "the agent, at the daemon",
    });
    return new RememberingAgent(agent);
  }

  /** Ends the server as a crash does. */
  async crash(): Promise<void> {
    await this.server.crash();
  }

  async endDaemon(): Promise<void> {
    await this.daemon[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.daemon[Symbol.asyncDispose]();
    await this.state[Symbol.asyncDispose]();
  }
}

/** An agent that remembers what it is given. */
export class RememberingAgent {
  constructor(private readonly agent: RpcAgent<Recorder>) {}

  get agentId(): string {
    return this.agent.agentId;
  }

  async remembers(...messages: MsgInit[]): Promise<void> {
    const told = messages.map((message) => new Msg(message));
    for (let from = 0; from < told.length; from += 1000) await this.agent(told.slice(from, from + 1000));
  }
}
