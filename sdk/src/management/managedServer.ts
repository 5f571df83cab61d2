import type { Msg } from "../messages/msg.js";

/** What a server tells of itself; servers may tell more than these. */
export interface ServerInfo {
  /** Process id. */
  pid: number;
  /** Server id. */
  id: string;
  /** Processor time used, in percent of one processor. */
  cpu: number;
  /** Resident memory in MB (1024 × 1024 bytes). */
  mem: number;
  /** Number of agents. */
  size: number;
  [more: string]: unknown;
}

/** An agent to make. */
export interface AgentSpec {
  agentId: string;
  className: string;
  /** The constructor's arguments; from the management service always exactly one, the config object. */
  args: unknown[];
  kwargs: Record<string, unknown>;
}

/**
 * An agent server as its management service sees it. Every method answers at once although agents compute, but
 * {@link callAgent}, which settles when the agent has taken its turn, and the creation of agents.
 */
export interface ManagedServer {
  readonly serverId: string;
  hasAgent(agentId: string): boolean;
  /** Rejects with `AgentCreationError`: class unknown, id taken, constructor or `setup` threw. */
  createAgent(spec: AgentSpec): Promise<void>;
  /** False: no agent has that id. */
  deleteAgent(agentId: string): Promise<boolean>;
  deleteAllAgents(): Promise<void>;
  /** The id of the new agent. Rejects for an unknown id. */
  cloneAgent(agentId: string): Promise<string>;
  /** Of each agent the JSON of its thumbnail. */
  agentThumbnails(): Promise<string[]>;
  /** Rejects for an unknown id, and for an agent without memory. */
  agentMemory(agentId: string): Promise<Msg[]>;
  info(): Promise<ServerInfo>;
  /** Rejects when a config is of no use, and then has taken none of them. */
  setModelConfigs(configs: Record<string, unknown>[]): Promise<void>;
  /**
   * Takes its place in the agent's mailbox before it returns; resolves with the reply, or `undefined` when observed.
   * @param input a message, a list of messages, or `undefined` for no input
   */
  callAgent(agentId: string, func: "_reply" | "_observe", input: Msg | Msg[] | undefined): Promise<Msg | undefined>;
  /** The real path of a file that the server may serve. Rejects when it is missing or not among these. */
  readableFile(path: string): Promise<string>;
  /** Never rejects; resolves when the port is closed. Answers that were given before must reach their callers. */
  stop(): Promise<void>;
}
