import type { AgentSpec } from "./agentSpec.js";

/** What the order to make an agent says of how it lives. */
export type AgentLife = Pick<AgentSpec, "idChosen" | "keepAlive" | "recovery">;

/**
 * Reads it, as `createKept` has it (operations.ts).
 *
 * @throws RangeError when it is none.
 */
export function readAgentLife(fields: unknown): AgentLife {
  const [idChosen, keepAlive, key, epoch] = Array.isArray(fields) ? (fields as unknown[]) : [];
  if (typeof idChosen !== "boolean" || typeof keepAlive !== "boolean")
    throw new RangeError("an agent's life is unclear");
  if (key === null) return { idChosen, keepAlive };
  if (typeof key !== "string" || !Number.isSafeInteger(epoch) || (epoch as number) < 1) {
    throw new RangeError("the recovery of an agent lacks its key or its epoch");
  }
  return { idChosen, keepAlive, recovery: { key, epoch: epoch as number } };
}
