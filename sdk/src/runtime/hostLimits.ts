import { AgentScopeError } from "../errors.js";
import type { HostedAgent } from "./hostedAgent.js";

/** What the making of an agent ends with where there are too many. */
export function tooManyAgents(maxAgents: number): AgentScopeError {
  return new AgentScopeError(
    "LIMIT_EXCEEDED",
    `this worker of the server has ${maxAgents} agents, its share of maxAgents: delete some, or start the server with more ` +
      "(--max-agents)",
  );
}

/** What a call ends with of whose agent too many others have not ended. */
export function queueFullError({ name }: HostedAgent, maxQueueLength: number): AgentScopeError {
  return new AgentScopeError(
    "LIMIT_EXCEEDED",
    `${maxQueueLength} calls of agent ${JSON.stringify(name)} have not ended, which is maxQueueLength: await some results first, or ` +
      "start the server with a longer one (--max-queue-length)",
  );
}
