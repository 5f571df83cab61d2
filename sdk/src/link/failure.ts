import { inspect } from "node:util";
import {
  AgentCallError,
  AgentCreationError,
  type AgentLabel,
  AgentScopeError,
  AgentServerNotAliveError,
  asError,
  type ErrorCode,
  type ModelCallDetails,
  ModelCallError,
  PlaceholderExpiredError,
} from "../errors.js";

/** An error as it travels: `[kind, code, message, agent, server, remote stack, cause, chain, details]`. */
export type FailureFields = unknown[];

const kinds = ["call", "creation", "server", "expired", "other", "model"] as const;
type Kind = (typeof kinds)[number];

/** Causes of causes travel up to here; it also ends those that go around. */
const maxCauses = 10;

/** Of a longer way of a failure only this many agents at its beginning and at its end are kept. */
const keptOfChain = 50;

/** The one place where an error becomes a message. */
export function failureToWire(error: AgentScopeError): FailureFields {
  return failureFields(error, maxCauses);
}

function failureFields(error: AgentScopeError, causes: number): FailureFields {
  const agent = agentOf(error);
  return [
    kinds.indexOf(kindOf(error)),
    error.code,
    error.rootMessage,
    agent === undefined ? null : [agent.name, agent.id, agent.server],
    error instanceof AgentServerNotAliveError ? error.server : null,
    (error as Partial<AgentCallError>).remoteStack ?? null,
    error.cause === undefined || causes <= 0 ? null : causeFields(asError(error.cause), causes - 1),
    error.chain.map(({ name, id, server }) => [name, id, server]),
    error instanceof ModelCallError ? modelFields(error.details) : null,
  ];
}

/** An error of this package as its failure's fields, which begin with a number; others as `[name, message, stack, code, cause]`. */
function causeFields(cause: Error, causes: number): unknown[] {
  if (cause instanceof AgentScopeError) return failureFields(cause, causes);
  const { code } = cause as { code?: unknown };
  return [
    textOf(cause.name),
    textOf(cause.message),
    textOf(cause.stack),
    typeof code === "string" || typeof code === "number" ? code : null,
    cause.cause === undefined || causes <= 0 ? null : causeFields(asError(cause.cause), causes - 1),
  ];
}

/** The one place where a message becomes an error again. */
export function failureFromWire(fields: unknown): AgentScopeError {
  if (!Array.isArray(fields)) return new AgentScopeError("INVALID_ARGUMENT", "received a failure that can't be read");
  const [kind, code, message, agent, server, remoteStack, cause, chain, details] = fields as unknown[];
  return rebuild((typeof kind === "number" ? kinds[kind] : undefined) ?? "other", {
    code: textOf(code) as ErrorCode,
    message: textOf(message),
    agent: labelFrom(agent),
    server: textOf(server),
    remoteStack: typeof remoteStack === "string" ? remoteStack : undefined,
    cause: causeFrom(cause),
    chain: Array.isArray(chain) ? chain.map(labelFrom).filter((label) => label !== undefined) : [],
    details: Array.isArray(details) ? modelFrom(details) : undefined,
  });
}

/** The same failure, of a call by `agent` that was not run since its input failed. */
export function withChain(error: AgentScopeError, agent: AgentLabel): AgentScopeError {
  const { chain } = error;
  const kept =
    chain.length < 2 * keptOfChain ? chain : [...chain.slice(0, keptOfChain), ...chain.slice(1 - keptOfChain)];
  return rebuild(kindOf(error), {
    code: error.code,
    message: error.rootMessage,
    agent: agentOf(error),
    server: error instanceof AgentServerNotAliveError ? error.server : agent.server,
    remoteStack: (error as Partial<AgentCallError>).remoteStack,
    cause: error.cause,
    chain: [...kept, agent],
    details: error instanceof ModelCallError ? error.details : undefined,
  });
}

/** What a call ends with when the agent's own code threw; the code of an error of this package (a nested call's) stays. */
export function failureOfAgent(thrown: unknown, agent: AgentLabel): AgentScopeError {
  const cause = asError(thrown);
  const code: ErrorCode = cause instanceof AgentScopeError ? cause.code : "AGENT_FAILED";
  return new AgentCallError(code, `agent ${quote(agent)} failed: ${textOf(cause.name)}: ${textOf(cause.message)}`, {
    agent,
    remoteStack: typeof cause.stack === "string" ? cause.stack : undefined,
    cause,
  });
}

/** The failure of all calls of an agent whose server is gone; others stay as they are. */
export function withLostAgent(error: AgentScopeError, agent: AgentLabel): AgentScopeError {
  if (!(error instanceof AgentServerNotAliveError) || error.agentName !== undefined || error.chain.length > 0)
    return error;
  const { server, cause, rootMessage } = error;
  return new AgentServerNotAliveError(`agent ${JSON.stringify(agent.name)} can't answer: ${rootMessage}`, {
    server,
    agent,
    cause,
  });
}

/** An agent as messages name it: `"A" on 127.0.0.1:12001`. */
export function quote(agent: AgentLabel): string {
  return `${JSON.stringify(agent.name)} on ${agent.server}`;
}

interface Parts {
  code: ErrorCode;
  message: string;
  /** Of calls and creations. */
  agent: AgentLabel | undefined;
  server: string;
  remoteStack: string | undefined;
  cause: unknown;
  chain: AgentLabel[];
  /** Of model calls. */
  details: ModelCallDetails | undefined;
}

function rebuild(kind: Kind, parts: Parts): AgentScopeError {
  const { code, message, agent = { name: "?", id: "?", server: "?" }, server, cause, chain, details } = parts;
  switch (kind) {
    case "call":
      return new AgentCallError(code, message, { agent, remoteStack: parts.remoteStack, cause, chain });
    case "creation":
      return new AgentCreationError(message, { agent, remoteStack: parts.remoteStack, cause, chain });
    case "server":
      return new AgentServerNotAliveError(message, { server, agent: parts.agent, cause, chain });
    case "expired":
      return new PlaceholderExpiredError(message, { cause, chain });
    case "other":
      return new AgentScopeError(code, message, { cause, chain });
    case "model":
      return new ModelCallError(message, { details: details ?? modelFrom([]), cause, chain });
  }
}

function kindOf(error: AgentScopeError): Kind {
  if (error instanceof AgentCallError) return "call";
  if (error instanceof AgentCreationError) return "creation";
  if (error instanceof AgentServerNotAliveError) return "server";
  if (error instanceof PlaceholderExpiredError) return "expired";
  if (error instanceof ModelCallError) return "model";
  return "other";
}

function agentOf(error: AgentScopeError): AgentLabel | undefined {
  if (error instanceof AgentCallError) return { name: error.agentName, id: error.agentId, server: error.server };
  if (error instanceof AgentCreationError) return { name: error.agentName, id: error.agentId, server: error.server };
  if (error instanceof AgentServerNotAliveError && error.agentName !== undefined) {
    return { name: error.agentName, id: error.agentId ?? "", server: error.server };
  }
  return undefined;
}

function labelFrom(fields: unknown): AgentLabel | undefined {
  if (!Array.isArray(fields)) return undefined;
  return { name: textOf(fields[0]), id: textOf(fields[1]), server: textOf(fields[2]) };
}

function causeFrom(fields: unknown): Error | undefined {
  if (!Array.isArray(fields)) return undefined;
  const [name, message, stack, code, inner] = fields as unknown[];
  if (typeof name === "number") return failureFromWire(fields);
  const innerCause = causeFrom(inner);
  const cause = new Error(textOf(message), innerCause === undefined ? {} : { cause: innerCause });
  cause.name = textOf(name);
  if (typeof stack === "string") cause.stack = stack;
  if (typeof code === "string" || typeof code === "number") Object.assign(cause, { code });
  return cause;
}

function modelFields(details: ModelCallDetails): unknown[] {
  const { configName, modelType, modelName, reason, status, hint, text } = details;
  return [configName, modelType, modelName, reason, status ?? null, hint ?? null, text ?? null];
}

function modelFrom([configName, modelType, modelName, reason, status, hint, text]: unknown[]): ModelCallDetails {
  return {
    configName: textOf(configName),
    modelType: textOf(modelType),
    modelName: textOf(modelName),
    reason: textOf(reason) as ModelCallDetails["reason"],
    status: typeof status === "number" ? status : undefined,
    hint: typeof hint === "string" ? hint : undefined,
    text: typeof text === "string" ? text : undefined,
  };
}

/** Text, also where an error's own field or a received one is none. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : inspect(value);
}

/** What a connection ends with on which something came that can't be understood. */
export function damagedFrame(thrown: unknown, sender = "the other side"): AgentScopeError {
  const cause = asError(thrown);
  return new AgentScopeError("INVALID_ARGUMENT", `${sender} sent a damaged frame: ${cause.message}`, { cause });
}

/** What a call of a deleted agent ends with. */
export function failureOfGoneAgent(agent: AgentLabel): AgentScopeError {
  return failureOfAgent(new AgentScopeError("AGENT_NOT_FOUND", "it was deleted"), agent);
}
