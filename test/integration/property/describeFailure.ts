import { AgentCallError, AgentCreationError, AgentScopeError } from "agentscope-distributed";
import type { Failure } from "./sequentialRun.js";

/** An error without what depends on where its agents are. */
export function describeFailure(thrown: unknown): Failure {
  const error = thrown as Error & { code?: unknown };
  const cause = error.cause === undefined ? undefined : describeFailure(error.cause);
  if (!(error instanceof AgentScopeError)) {
    return { name: error.name, code: undefined, agent: undefined, chain: [], message: error.message, cause };
  }
  const agent = error instanceof AgentCallError || error instanceof AgentCreationError ? error.agentName : undefined;
  const chain = error.chain.map(({ name }) => name);
  return { name: error.name, code: error.code, agent, chain, message: placeless(error.rootMessage), cause };
}

function placeless(message: string): string {
  return message.replaceAll(/ on (?:main process|child process|127\.0\.0\.1:\d+)/g, " on HERE");
}
