import type {
  AgentChanges,
  AgentState,
  MemoryPage,
  MemoryRequest,
  ResourceSample,
} from "agentscope-distributed/studio";

/** A class, by the module that defines it. */
export interface ClassModule {
  url: string;
  className: string;
}

/** How the daemon speaks to a server, whatever way there is. Everything rejects with StudioError, and nothing waits for ever. */
export interface ServerLink extends Disposable {
  /** What agents do at the moment; those that are not known are left out. */
  states(agentIds: string[]): Promise<AgentState[]>;
  memory(request: MemoryRequest): Promise<MemoryPage>;
  watchMemory(agentId: string, on: boolean): Promise<void>;
  /** False: no agent has that id. */
  deleteAgent(agentId: string): Promise<boolean>;
  deleteAllAgents(): Promise<void>;
  /** The id of the new agent. */
  cloneAgent(agentId: string): Promise<string>;
  setModelConfigs(configs: Record<string, unknown>[]): Promise<void>;
  addClasses(classes: ClassModule[]): Promise<void>;
  /** Resolves when the server has said that it stops. */
  stop(): Promise<void>;
}

export interface MemoryChange {
  agentId: string;
  total: number;
  generation: number;
}

/** What a server tells by itself. */
export interface LinkEvents {
  agents(changes: AgentChanges): void;
  sample(sample: ResourceSample): void;
  classes(classes: string[]): void;
  memory(change: MemoryChange): void;
  /** It ends by itself, in good order. */
  ending(): void;
  /** Told by people to people: what went wrong at the server. */
  problem(text: string): void;
  /** Once, whoever ended it; nothing comes after it. */
  ended(why: string): void;
}
