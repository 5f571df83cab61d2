import { randomUUID } from "node:crypto";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { AgentCreationError, AgentScopeError } from "../../src/errors.js";
import type { AgentSpec, ManagedServer, ServerInfo } from "../../src/management/managedServer.js";
import type { ManagementOptions } from "../../src/management/managementHandlers.js";
import { managementService } from "../../src/management/managementService.js";
import { maxManagementMessageBytes, rpcAgentService } from "../../src/management/rpcAgentProto.js";
import { Msg } from "../../src/messages/msg.js";
import { Deferred } from "./deferred.js";

interface MemoryAgent {
  spec: AgentSpec;
  memory: Msg[];
}

export type Behaviour = (input: Msg | Msg[] | undefined, agent: MemoryAgent) => Promise<Msg | undefined>;

/** An agent server without agents' code: its agents of class `Echo` remember, and do what `behaviour` says. */
export class MemoryServer implements ManagedServer {
  readonly serverId = "memory";
  readonly agents = new Map<string, MemoryAgent>();
  modelConfigs: Record<string, unknown>[] = [];
  /** Paths that may be read. */
  readonly files = new Map<string, string>();
  behaviour: Behaviour = async (input, { spec }) => {
    const heard = input === undefined ? "nothing" : [input].flat().map(({ content }) => content);
    return new Msg({ name: String((spec.args[0] as { name?: string }).name), role: "assistant", content: heard });
  };
  stopPort: () => Promise<void> = async () => {};

  hasAgent(agentId: string): boolean {
    return this.agents.has(agentId);
  }

  async createAgent(spec: AgentSpec): Promise<void> {
    if (spec.className !== "Echo") {
      throw new AgentCreationError(`no class ${spec.className}; there is Echo`, {
        agent: { name: spec.agentId, id: spec.agentId, server: "here" },
      });
    }
    this.agents.set(spec.agentId, { spec, memory: [] });
  }

  async deleteAgent(agentId: string): Promise<boolean> {
    return this.agents.delete(agentId);
  }

  async deleteAllAgents(): Promise<void> {
    this.agents.clear();
  }

  async cloneAgent(agentId: string): Promise<string> {
    const id = randomUUID();
    this.agents.set(id, { spec: { ...this.#agent(agentId).spec, agentId: id }, memory: [] });
    return id;
  }

  async agentThumbnails(): Promise<string[]> {
    return [...this.agents.values()].map(({ spec }) =>
      JSON.stringify({ name: "n", type: spec.className, sys_prompt: null, agent_id: spec.agentId }),
    );
  }

  async agentMemory(agentId: string): Promise<Msg[]> {
    return this.#agent(agentId).memory;
  }

  async info(): Promise<ServerInfo> {
    return { pid: process.pid, id: this.serverId, cpu: 1.5, mem: 64.25, size: this.agents.size };
  }

  async setModelConfigs(configs: Record<string, unknown>[]): Promise<void> {
    if (configs.some(({ config_name: name }) => name === undefined)) throw new Error("config_name is missing");
    this.modelConfigs = configs;
  }

  async callAgent(
    agentId: string,
    func: "_reply" | "_observe",
    input: Msg | Msg[] | undefined,
  ): Promise<Msg | undefined> {
    const agent = this.#agent(agentId);
    agent.memory.push(...[input ?? []].flat());
    return func === "_reply" ? this.behaviour(input, agent) : undefined;
  }

  async readableFile(path: string): Promise<string> {
    const realPath = this.files.get(path);
    if (realPath === undefined) throw new Error("not among the files that may be read");
    return realPath;
  }

  async stop(): Promise<void> {
    await this.stopPort();
  }

  #agent(agentId: string): MemoryAgent {
    const agent = this.agents.get(agentId);
    if (agent === undefined) throw new AgentScopeError("AGENT_NOT_FOUND", `no agent ${agentId}`);
    return agent;
  }
}

export interface RunningServer extends AsyncDisposable {
  server: MemoryServer;
  host: string;
  port: number;
}

export interface StartOptions extends ManagementOptions {
  /** Default: a free one. */
  port?: number;
  credentials?: ServerCredentials;
}

/** A memory server behind a real gRPC port of loopback. */
export async function startMemoryServer(options: StartOptions = {}): Promise<RunningServer> {
  const { port: wanted = 0, credentials = ServerCredentials.createInsecure(), ...management } = options;
  const server = new MemoryServer();
  const grpcServer = new Server({ "grpc.max_receive_message_length": maxManagementMessageBytes });
  grpcServer.addService(rpcAgentService, managementService(server, management));
  const port = await new Promise<number>((resolve, reject) => {
    grpcServer.bindAsync(`127.0.0.1:${wanted}`, credentials, (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  server.stopPort = async () => {
    const closed = new Deferred<void>();
    grpcServer.tryShutdown(() => closed.resolve());
    await closed.promise;
  };
  return { server, host: "127.0.0.1", port, [Symbol.asyncDispose]: async () => grpcServer.forceShutdown() };
}
