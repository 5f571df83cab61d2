import { describe, expect, it } from "vitest";
import { AgentScopeError, type ErrorCode } from "../../src/errors.js";
import { checkRetryPolicy, isRetried, retryDelayMs, type RetryPolicy } from "../../src/runtime/retryPolicy.js";

const policy: RetryPolicy = { attempts: 3, on: ["MODEL_FAILED"], jitter: false };

describe("a retry policy", () => {
  it.each<[unknown, string]>([
    [5, "toDist: retry must be an object"],
    [{ attempts: 0, on: ["MODEL_FAILED"] }, "toDist: retry.attempts is 0; it must be a whole number from 1 to 100"],
    [{ attempts: 101, on: ["MODEL_FAILED"] }, "retry.attempts is 101"],
    [{ attempts: 2 }, "retry.on must list the codes of errors"],
    [{ attempts: 2, on: [] }, "retry.on must list the codes of errors"],
    [{ attempts: 2, on: ["EVERYTHING"] }, 'retry.on has "EVERYTHING", which is no code of an error: AGENT_FAILED, '],
    [{ attempts: 2, on: ["CALL_CYCLE"] }, "retry.on has CALL_CYCLE: the same call would end with it again"],
    [{ ...policy, backoff: "linear" }, 'retry.backoff is "linear"; it must be "fixed" or "exponential"'],
    [{ ...policy, delayMs: -1 }, "retry.delayMs is -1; it must be a number of milliseconds from 0"],
    [{ ...policy, maxDelayMs: Number.NaN }, "retry.maxDelayMs is NaN"],
    [{ ...policy, jitter: 0.5 }, "retry.jitter is 0.5; it must be true or false"],
  ])("is refused: %j", (given, message) => {
    expect(() => checkRetryPolicy(given as RetryPolicy, "toDist")).toThrow(message);
  });

  it("can be left out", () => {
    expect(() => checkRetryPolicy(undefined, "toDist")).not.toThrow();
    expect(() => checkRetryPolicy(policy, "toDist")).not.toThrow();
  });

  it("is for its codes, as often as it says, and not for calls that were not run since their input failed", () => {
    const error = (code: ErrorCode, chain = 0) =>
      new AgentScopeError(code, "x", {
        chain: Array.from({ length: chain }, () => ({ name: "A", id: "a", server: "s" })),
      });
    expect([1, 2, 3].map((made) => isRetried(policy, error("MODEL_FAILED"), made))).toEqual([true, true, false]);
    expect(isRetried(policy, error("AGENT_FAILED"), 1)).toBe(false);
    expect(isRetried(policy, error("MODEL_FAILED", 1), 1)).toBe(false);
  });

  it("waits ever longer, up to its limit, or always as long", () => {
    const delays = (more: Partial<RetryPolicy>) =>
      [1, 2, 3, 4].map((made) => retryDelayMs({ ...policy, ...more }, made));
    expect(delays({})).toEqual([200, 400, 800, 1600]);
    expect(delays({ delayMs: 10, maxDelayMs: 30 })).toEqual([10, 20, 30, 30]);
    expect(delays({ backoff: "fixed", delayMs: 5 })).toEqual([5, 5, 5, 5]);
  });

  it("shortens by chance, to a half at most", () => {
    expect([0, 0.5, 1].map((chance) => retryDelayMs({ ...policy, jitter: true }, 1, chance))).toEqual([200, 150, 100]);
  });
});
