import { type AgentScopeError, type ErrorCode, errorCodes, InvalidArgumentError } from "../errors.js";

/** When a call that has failed is made again. */
export interface RetryPolicy {
  /** How often a call is made in all, the first time included; from 1 to 100. */
  attempts: number;
  /** The codes of the errors after which it is made again. A call that failed with one of them may have run. */
  on: readonly ErrorCode[];
  /** Whether the pause before each further attempt is as long as the first one, or twice the one before. Default `exponential`. */
  backoff?: "fixed" | "exponential" | undefined;
  /** The first pause, in milliseconds. Default 200. */
  delayMs?: number | undefined;
  /** The longest pause, in milliseconds. Default 10,000. */
  maxDelayMs?: number | undefined;
  /** Whether pauses are shortened by chance, to a half at most, so that many callers don't come back at once. Default true. */
  jitter?: boolean | undefined;
}

const defaults = { backoff: "exponential", delayMs: 200, maxDelayMs: 10_000, jitter: true } as const;
const mostAttempts = 100;

/** Errors that the same call ends with again. */
const final: ReadonlySet<ErrorCode> = new Set(["CALL_CYCLE", "CANCELLED", "INVALID_ARGUMENT", "NOT_TRANSFERABLE"]);

/**
 * Looks through a policy that a program gave.
 *
 * @param where it was given, as in `toDist`
 * @throws InvalidArgumentError naming what can't be used, and what can.
 */
export function checkRetryPolicy(policy: RetryPolicy | undefined, where: string): void {
  if (policy === undefined) return;
  const refuse = (what: string): never => {
    throw new InvalidArgumentError(`${where}: retry${what}`);
  };
  if (typeof policy !== "object" || policy === null)
    refuse(' must be an object, as in { attempts: 3, on: ["MODEL_FAILED"] }');
  const { attempts, on, backoff, jitter } = policy;
  if (!(Number.isInteger(attempts) && attempts >= 1 && attempts <= mostAttempts)) {
    refuse(`.attempts is ${String(attempts)}; it must be a whole number from 1 to ${mostAttempts}`);
  }
  if (!Array.isArray(on) || on.length === 0) refuse('.on must list the codes of errors, as in ["MODEL_FAILED"]');
  for (const code of on) {
    if (!errorCodes.includes(code))
      refuse(`.on has ${JSON.stringify(code)}, which is no code of an error: ${errorCodes.join(", ")}`);
    if (final.has(code)) refuse(`.on has ${code}: the same call would end with it again`);
  }
  if (backoff !== undefined && backoff !== "fixed" && backoff !== "exponential") {
    refuse(`.backoff is ${JSON.stringify(backoff)}; it must be "fixed" or "exponential"`);
  }
  for (const name of ["delayMs", "maxDelayMs"] as const) {
    const value = policy[name];
    if (value !== undefined && !(value >= 0 && value < 2 ** 31)) {
      refuse(`.${name} is ${String(value)}; it must be a number of milliseconds from 0`);
    }
  }
  if (jitter !== undefined && typeof jitter !== "boolean")
    refuse(`.jitter is ${String(jitter)}; it must be true or false`);
}

/** Whether a call that failed so is made again. One that was not run, since its input failed, would not be run again. */
export function isRetried({ attempts, on }: RetryPolicy, error: AgentScopeError, made: number): boolean {
  return made < attempts && error.chain.length === 0 && on.includes(error.code);
}

/**
 * The pause before the next attempt, in milliseconds.
 *
 * @param made how many attempts were made
 * @param chance from 0 to 1
 */
export function retryDelayMs(policy: RetryPolicy, made: number, chance = Math.random()): number {
  const { backoff = defaults.backoff, delayMs = defaults.delayMs, maxDelayMs = defaults.maxDelayMs } = policy;
  const whole = Math.min(backoff === "fixed" ? delayMs : delayMs * 2 ** (made - 1), maxDelayMs);
  return (policy.jitter ?? defaults.jitter) ? whole * (1 - chance / 2) : whole;
}
