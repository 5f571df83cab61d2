import type { Msg } from "../messages/msg.js";
import type { Placeholder } from "../messages/placeholder.js";
import type { DistOptions } from "./distOptions.js";

/** What every agent is constructed with; a class adds what it needs. */
export interface AgentConfig {
  /** How the agent is called in messages, lists and errors. */
  name: string;
  sysPrompt?: string | undefined;
  /** The name of a model config of the machine on which the agent runs. */
  modelConfigName?: string | undefined;
  /** Default: made. */
  agentId?: string | undefined;
  /** Construct the agent in another process only (see `agent`): `true` for a child process, or where. */
  toDist?: boolean | DistOptions | undefined;
}

/** What an agent can be called with: a message, or what will be one; several in a list; or nothing. */
export type AgentInput = Msg | Placeholder | readonly (Msg | Placeholder)[] | undefined;
