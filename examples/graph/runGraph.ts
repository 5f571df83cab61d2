import type { AgentBase, Placeholder } from "agentscope-distributed";

export type GraphAgents = Readonly<Record<"A" | "B" | "C" | "D" | "E" | "F", AgentBase>>;

/**
 * A feeds B and C, both feed D, and D and E feed F. Nothing says what may run at the same time: B and C start when A is
 * done, E starts at once.
 */
export function runGraph({ A, B, C, D, E, F }: GraphAgents): Placeholder[] {
  const a = A();
  const b = B(a);
  const c = C(a);
  const d = D([b, c]);
  const e = E();
  const f = F([d, e]);
  return [a, b, c, d, e, f];
}
