import type { CallResult } from "../messages/callResult.js";
import type { Placeholder } from "../messages/placeholder.js";
import type { AgentInput } from "./agentConfig.js";
import { handleBrand } from "./brand.js";

/** Members that a handle has of its own, or that make no sense from elsewhere. */
type OwnMembers =
  | "agentId"
  | "config"
  | "dispose"
  | "get"
  | "getState"
  | "memory"
  | "name"
  | "observe"
  | "reply"
  | "setState"
  | "setup"
  | "sysPrompt"
  | "toDist"
  | "toString";

/** The public methods of an agent's class, as they are called from elsewhere: each gives a promise. */
type RemoteMethods<Agent> = {
  [Name in keyof Agent as Name extends OwnMembers
    ? never
    : Agent[Name] extends Method
      ? Name
      : never]: Agent[Name] extends (...args: infer Arguments) => infer Result
    ? (...args: Arguments) => CallResult<Awaited<Result>>
    : never;
};

type Method = (...args: never[]) => unknown;

/**
 * What `.toDist()` gives: a distributed agent, used like the agent itself. `agent(x)` gives a placeholder at once; a public
 * method of its class gives a promise of the method's result, run in the agent's mailbox.
 */
export type RpcAgent<Agent = object> = RemoteMethods<Agent> & {
  (input?: AgentInput): Placeholder;
  readonly name: string;
  /** Known at once, also while the agent is still being made. */
  readonly agentId: string;
  /** The same as calling the agent. */
  reply(input?: AgentInput): Placeholder;
  /** Gives the agent something to take in; awaited, it tells that the agent has. */
  observe(input?: AgentInput): CallResult<void>;
  /** A property of the agent, as it is when the agent's turn for it comes. */
  get<Name extends keyof Agent & string>(property: Name): CallResult<Awaited<Agent[Name]>>;
  get(property: string): CallResult<unknown>;
  /** Settles when the agent is made; rejects with `AgentCreationError` or `AgentServerNotAliveError` when it can't be. */
  ready(): Promise<unknown>;
  toString(): string;
};

/** For `value instanceof RpcAgent`: whether it is a handle. Handles are made by `toDist`. */
export const RpcAgent = {
  [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "function" && (value as { [handleBrand]?: unknown })[handleBrand] === true;
  },
};
