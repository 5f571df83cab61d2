import type { CallBatch } from "./callBatch.js";
import type {
  AgentBrief,
  AgentState,
  MemoryPage,
  MemoryRequest,
  ServerAnnouncement,
  ServerAttached,
} from "./protocol.js";
import type { ResourceSample } from "./resourceSample.js";

/** What a server tells by itself, while it is attached. */
export interface ServerListener {
  agentsChanged(made: AgentBrief[], deleted: string[]): void;
  memoryChanged(change: { agentId: string; total: number; generation: number }): void;
  classesChanged(classes: { classes: string[]; problems: string[] }): void;
  callsHappened(batch: CallBatch): void;
}

/** An agent server, as a daemon that it is attached to sees it. What is asked for rejects with why it can't be done. */
export interface AttachableServer {
  announcement(): ServerAnnouncement;
  /** The daemon has taken the announcement; `relay` is the address from now on. */
  attached(answer: ServerAttached): void;
  /** The port on loopback that tunnels lead to. */
  readonly localPort: number;
  /** A connection has come to it from this port of its own machine: a tunnel for somebody at another port. */
  tunnelled(localPort: number, callerPort: number | undefined): void;
  /** Who is told from now on; `undefined`: nobody. */
  listen(listener: ServerListener | undefined): void;
  /** All agents; those that come while this is read may be among them. */
  agents(): Iterable<AgentBrief>;
  /** Since the last one. */
  sample(): ResourceSample;
  states(agentIds: string[]): Promise<AgentState[]>;
  memoryPage(request: MemoryRequest): Promise<MemoryPage>;
  watchMemory(agentId: string, on: boolean): Promise<void>;
  deleteAgent(agentId: string): Promise<boolean>;
  deleteAllAgents(): Promise<void>;
  cloneAgent(agentId: string): Promise<string>;
  setModelConfigs(configs: Record<string, unknown>[]): Promise<void>;
  addClasses(classes: { url: string; className: string }[]): Promise<void>;
  stop(): Promise<void>;
}
