import { AgentCreationError, type AgentLabel, AgentScopeError, asError } from "../errors.js";
import type { AgentInstance } from "./agentCode.js";
import type { AgentKeeper } from "./agentKeeper.js";
import { runOutsideTurns } from "./task.js";

/** Runs an agent's `setup`, and gives it what is kept of it; a promise where that takes time. */
export function setUp(instance: AgentInstance, keeper: AgentKeeper | undefined): unknown {
  if (instance.setup === undefined && keeper === undefined) return undefined;
  // A local agent is set up by its first call, which may stand in another agent's turn.
  const setup = runOutsideTurns(() => instance.setup?.());
  return keeper === undefined ? setup : Promise.resolve(setup).then(() => keeper.restore(instance));
}

/** Why an agent can't be made, as its callers are told. */
export function creationError(
  thrown: unknown,
  { label, className }: { label: AgentLabel; className: string },
): AgentCreationError {
  if (thrown instanceof AgentCreationError) return thrown;
  const cause = asError(thrown);
  return new AgentCreationError(
    `agent ${JSON.stringify(label.name)} (class ${className}) can't be made on ${label.server}: ` +
      (cause instanceof AgentScopeError ? cause.rootMessage : `${cause.name}: ${cause.message}`),
    { agent: label, cause, remoteStack: cause.stack },
  );
}
