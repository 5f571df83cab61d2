import {
  AgentCallError,
  AgentCreationError,
  type AgentLabel,
  AgentScopeError,
  AgentServerNotAliveError,
  asError,
  type ErrorCode,
  PlaceholderExpiredError,
} from "../errors.js";

/** An error as it travels: `[kind, code, message, agent, server, remote stack, cause's name, message and stack, chain]`. */
export type FailureFields = unknown[];

const kinds = ["call", "creation", "server", "expired", "other"] as const;
type Kind = (typeof kinds)[number];

/** The one place where an error becomes a message. */
export function failureToWire(error: AgentScopeError): FailureFields {
  const cause = error.cause === undefined ? undefined : asError(error.cause);
  const agent = agentOf(error);
  return [
    kinds.indexOf(kindOf(error)),
    error.code,
    error.rootMessage,
    agent === undefined ? null : [agent.name, agent.id, agent.server],
    error instanceof AgentServerNotAliveError ? error.server : null,
    (error as Partial<AgentCallError>).remoteStack ?? null,
    cause === undefined ? null : [cause.name, cause.message, cause.stack ?? null],
    error.chain.map(({ name, id, server }) => [name, id, server]),
  ];
}

/** The one place where a message becomes an error again. */
export function failureFromWire(fields: unknown): AgentScopeError {
  if (!Array.isArray(fields)) return new AgentScopeError("INVALID_ARGUMENT", "received a failure that can't be read");
  const [kind, code, message, agent, server, remoteStack, cause, chain] = fields as unknown[];
  return rebuild(kinds[Number(kind)] ?? "other", {
    code: String(code) as ErrorCode,
    message: String(message),
    agent: labelFrom(agent) ?? { name: "?", id: "?", server: "?" },
    server: String(server),
    remoteStack: typeof remoteStack === "string" ? remoteStack : undefined,
    cause: causeFrom(cause),
    chain: Array.isArray(chain) ? chain.map(labelFrom).filter((label) => label !== undefined) : [],
  });
}

/** The same failure, of a call by `agent` that was not run since its input failed. */
export function withChain(error: AgentScopeError, agent: AgentLabel): AgentScopeError {
  return rebuild(kindOf(error), {
    code: error.code,
    message: error.rootMessage,
    agent: agentOf(error) ?? agent,
    server: error instanceof AgentServerNotAliveError ? error.server : agent.server,
    remoteStack: (error as Partial<AgentCallError>).remoteStack,
    cause: error.cause,
    chain: [...error.chain, agent],
  });
}

/** What a call ends with when the agent's own code threw; the code of an error of this package (a nested call's) stays. */
export function failureOfAgent(thrown: unknown, agent: AgentLabel): AgentScopeError {
  const cause = asError(thrown);
  const code: ErrorCode = cause instanceof AgentScopeError ? cause.code : "AGENT_FAILED";
  return new AgentCallError(code, `agent ${quote(agent)} failed: ${cause.name}: ${cause.message}`, {
    agent,
    remoteStack: cause.stack,
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
  agent: AgentLabel;
  server: string;
  remoteStack: string | undefined;
  cause: unknown;
  chain: AgentLabel[];
}

function rebuild(kind: Kind, parts: Parts): AgentScopeError {
  switch (kind) {
    case "call":
      return new AgentCallError(parts.code, parts.message, parts);
    case "creation":
      return new AgentCreationError(parts.message, parts);
    case "server":
      return new AgentServerNotAliveError(parts.message, parts);
    case "expired":
      return new PlaceholderExpiredError(parts.message, parts);
    case "other":
      return new AgentScopeError(parts.code, parts.message, parts);
  }
}

function kindOf(error: AgentScopeError): Kind {
  if (error instanceof AgentCallError) return "call";
  if (error instanceof AgentCreationError) return "creation";
  if (error instanceof AgentServerNotAliveError) return "server";
  if (error instanceof PlaceholderExpiredError) return "expired";
  return "other";
}

function agentOf(error: AgentScopeError): AgentLabel | undefined {
  if (error instanceof AgentCallError) return { name: error.agentName, id: error.agentId, server: error.server };
  if (error instanceof AgentCreationError) return { name: error.agentName, id: error.agentId, server: error.server };
  return undefined;
}

function labelFrom(fields: unknown): AgentLabel | undefined {
  if (!Array.isArray(fields)) return undefined;
  return { name: String(fields[0]), id: String(fields[1]), server: String(fields[2]) };
}

function causeFrom(fields: unknown): Error | undefined {
  if (!Array.isArray(fields)) return undefined;
  const [name, message, stack] = fields as unknown[];
  const cause = new Error(String(message));
  cause.name = String(name);
  if (typeof stack === "string") cause.stack = stack;
  return cause;
}
