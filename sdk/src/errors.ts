import { inspect } from "node:util";

/** All codes, with what each stands for. */
export const errorCodes = [
  "AGENT_FAILED", // the agent's own code threw
  "AGENT_NOT_FOUND", // deleted, lost with its worker, or never there
  "CALL_CYCLE", // a call that would wait for itself
  "CANCELLED", // its caller gave it up before it began
  "CREATION_FAILED", // the agent could not be made on its server
  "DEADLINE_EXCEEDED", // its turn lasted longer than the call's time limit
  "INVALID_ARGUMENT", // an option or argument that can't be used
  "LIMIT_EXCEEDED", // a limit (named in the message) is reached
  "MODEL_FAILED", // a model gave no answer that can be used
  "NO_ANSWER", // there is nobody who could answer a question: the input has ended, or the program is gone
  "NOT_TRANSFERABLE", // a value that can't travel between processes
  "PERMISSION_DENIED", // the token is right, and of a role that may not do this
  "PLACEHOLDER_EXPIRED", // the value was dropped on its server
  "SERVER_NOT_ALIVE", // the agent server is gone or can't be reached
  "STUDIO_REFUSED", // the daemon does not do what it was asked for; the message says why
  "STUDIO_UNREACHABLE", // the daemon is gone or can't be reached
  "UNAUTHENTICATED", // wrong, missing or expired token
] as const;

/** What went wrong, for programs: the `code` of every error of this package. */
export type ErrorCode = (typeof errorCodes)[number];

/** An agent as errors name it. */
export interface AgentLabel {
  name: string;
  id: string;
  /** `host:port` of its agent server, or `main process`. */
  server: string;
}

/** The base of every error that this package throws. */
export class AgentScopeError extends Error {
  readonly code: ErrorCode;
  /**
   * The agents whose calls were not run since they were given the failed placeholder: first the one that was given
   * the failed agent's placeholder, last the one whose placeholder was awaited. Empty when the failed one itself was awaited.
   * Of a very long way the middle is left out.
   */
  readonly chain: readonly AgentLabel[];
  /** The message without the chain. */
  readonly rootMessage: string;

  /** @param options `agent`: where the chain begins, if an agent's own code failed. */
  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; chain?: readonly AgentLabel[]; agent?: AgentLabel } = {},
  ) {
    const { cause, chain = [], agent } = options;
    super(chain.length === 0 ? message : `${pathOf(chain, agent)}: ${message}`, cause === undefined ? {} : { cause });
    this.name = new.target.name;
    this.code = code;
    this.chain = chain;
    this.rootMessage = message;
  }
}

/** Of a longer way only this many agents at its beginning and at its end are named. */
const namedOfPath = 5;

/** `"C" was not run, its input failed (A → B → C)`: the way of a failure from its root to what was awaited. */
function pathOf(chain: readonly AgentLabel[], root: AgentLabel | undefined): string {
  const names = (root === undefined ? chain : [root, ...chain]).map(({ name }) => name);
  const shown =
    names.length <= 2 * namedOfPath ? names : [...names.slice(0, namedOfPath), "…", ...names.slice(-namedOfPath)];
  return `${JSON.stringify(names.at(-1))} was not run, its input failed (${shown.join(" → ")})`;
}

/** A call of an agent that failed: its code threw, its input could not be had, or it took too long. */
export class AgentCallError extends AgentScopeError {
  /** The agent whose code failed: the root cause, also when another agent's placeholder was awaited. */
  readonly agentName: string;
  readonly agentId: string;
  /** `host:port` of the server where it failed, or `main process`. */
  readonly server: string;
  /** The stack where it failed, on that server. */
  readonly remoteStack: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { agent: AgentLabel; remoteStack?: string | undefined; cause?: unknown; chain?: readonly AgentLabel[] },
  ) {
    super(code, message, options);
    this.agentName = options.agent.name;
    this.agentId = options.agent.id;
    this.server = options.agent.server;
    this.remoteStack = options.remoteStack;
  }
}

/** The agent server died, was stopped, or can't be reached. */
export class AgentServerNotAliveError extends AgentScopeError {
  /** `host:port` of that server. */
  readonly server: string;
  /** The agent that was called; undefined where no agent was, or who was told does not know which. */
  readonly agentName: string | undefined;
  readonly agentId: string | undefined;

  constructor(
    message: string,
    options: { server: string; agent?: AgentLabel | undefined; cause?: unknown; chain?: readonly AgentLabel[] },
  ) {
    const { agent, ...others } = options;
    super("SERVER_NOT_ALIVE", message, agent === undefined ? others : { ...others, agent });
    this.server = options.server;
    this.agentName = agent?.name;
    this.agentId = agent?.id;
  }
}

/** The value of a placeholder was dropped on its server: too old, or pushed out by newer ones. */
export class PlaceholderExpiredError extends AgentScopeError {
  constructor(message: string, options: { cause?: unknown; chain?: readonly AgentLabel[] } = {}) {
    super("PLACEHOLDER_EXPIRED", message, options);
  }
}

/** An agent could not be made: class unknown to the server, constructor or `setup` threw, limit reached. */
export class AgentCreationError extends AgentScopeError {
  /** The name and id the agent would have had. */
  readonly agentName: string;
  readonly agentId: string;
  readonly server: string;
  readonly remoteStack: string | undefined;

  constructor(
    message: string,
    options: {
      agent: AgentLabel;
      remoteStack?: string | undefined;
      cause?: unknown;
      chain?: readonly AgentLabel[];
    },
  ) {
    super("CREATION_FAILED", message, options);
    this.agentName = options.agent.name;
    this.agentId = options.agent.id;
    this.server = options.agent.server;
    this.remoteStack = options.remoteStack;
  }
}

/** A value that can't travel between processes; the message names its path, as in `content.items[3].fn`. */
export class NotTransferableError extends AgentScopeError {
  /** Where in the value, as in `content.items[3].fn`. */
  readonly path: string;

  constructor(path: string, what: string) {
    super(
      "NOT_TRANSFERABLE",
      `${path === "" ? "the value" : path} is ${what}, which can't be sent to an agent. What can: JSON values, Uint8Array, Date, bigint, Map, Set, ` +
        "messages, placeholders and agents",
    );
    this.path = path;
  }
}

/** Why a model gave no answer, for programs. */
export type ModelFailure =
  | "no-key" // the environment variable with the key is not set on this machine, or has something in it that can't be sent
  | "refused" // key not accepted, or not allowed to do this (401, 403)
  | "not-found" // no such model or address (404)
  | "bad-request" // what was asked can't be answered: too long, an option the model does not know (other 4xx)
  | "rate-limited" // too many calls, or no quota left (429)
  | "provider-failed" // the provider's own error (5xx)
  | "unreachable" // no connection, or it broke off
  | "timeout" // no answer within the config's `timeout`
  | "bad-answer"; // an answer that can't be read, or that does not fit the schema

/** What a {@link ModelCallError} is about. */
export interface ModelCallDetails {
  configName: string;
  /** As in the config: `openai_chat`, … */
  modelType: string;
  modelName: string;
  reason: ModelFailure;
  /** The HTTP status, if there was one. */
  status?: number | undefined;
  /** What to do about it. */
  hint?: string | undefined;
  /** What the model said instead of what was asked for (`bad-answer`). */
  text?: string | undefined;
}

/** A model gave no answer. The message names provider, model, status and what to do, and has no key in it. */
export class ModelCallError extends AgentScopeError {
  readonly details: ModelCallDetails;

  constructor(message: string, options: { details: ModelCallDetails; cause?: unknown; chain?: readonly AgentLabel[] }) {
    super("MODEL_FAILED", message, options);
    this.details = options.details;
  }
}

/** An option or argument that can't be used; the message says what to give instead. */
export class InvalidArgumentError extends AgentScopeError {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super("INVALID_ARGUMENT", message, options);
  }
}

/** Whatever was thrown, as an `Error`: a thrown string or object becomes the message of one. */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new Error(typeof thrown === "string" ? thrown : `thrown: ${inspect(thrown, { depth: 1 })}`);
}
