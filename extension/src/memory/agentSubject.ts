/** An agent that a view or a document is about. */
export interface AgentSubject {
  serverId: string;
  agentId: string;
  /** For the person. */
  name: string;
}

/** The subject that was written somewhere, without what else stands with it; undefined: it is none. */
export function restoreSubject(kept: unknown): AgentSubject | undefined {
  const { serverId, agentId, name } = (kept ?? {}) as Record<string, unknown>;
  if (typeof serverId !== "string" || typeof agentId !== "string" || typeof name !== "string") return undefined;
  return { serverId, agentId, name };
}
