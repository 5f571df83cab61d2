import type { Outcome } from "./program.js";
import type { Failure } from "./sequentialRun.js";

/** What a full pool does to a call: the call is not run, or its result is dropped before somebody has read it. */
export type PoolFailure = "refused" | "dropped";

/** The failure that others follow from. */
function rootOf({ cause, ...failure }: Failure): Omit<Failure, "cause"> {
  return cause === undefined ? failure : rootOf(cause);
}

/** Which failure of a full pool it comes from; it must name the limit, and a refusal its value and option, too. */
export function poolFailure(failure: Failure, maxPoolSize: number): PoolFailure | undefined {
  const { code, message } = rootOf(failure);
  if (
    code === "LIMIT_EXCEEDED" &&
    message.includes(`maxPoolSize is ${maxPoolSize};`) &&
    /--max-pool-size/.test(message)
  )
    return "refused";
  return code === "PLACEHOLDER_EXPIRED" && /pushed out by newer ones \(maxPoolSize\)/.test(message)
    ? "dropped"
    : undefined;
}

/** Failures that a script saw and that come neither of the program itself nor of a full pool. */
export function foreignFailures({ slots, awaited }: Outcome, maxPoolSize: number): Failure[] {
  const failures = [...slots, ...awaited].filter(isFailure);
  return failures.filter(
    (failure) => rootOf(failure).name !== "RangeError" && poolFailure(failure, maxPoolSize) === undefined,
  );
}

export function isFailure(outcome: unknown): outcome is Failure {
  return typeof outcome === "object" && outcome !== null && "chain" in outcome;
}
