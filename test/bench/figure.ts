import type { Rounds } from "./inTurn.js";
import { median, pairedRatios, spread } from "./statistics.js";

/** What a figure has to reach: its value itself, or its ratio to the yardstick. */
export interface Goal {
  readonly of: "value" | "ratio";
  readonly limit: "at least" | "at most";
  readonly target: number;
}

export const valueAtLeast = (target: number): Goal => ({ of: "value", limit: "at least", target });
export const valueAtMost = (target: number): Goal => ({ of: "value", limit: "at most", target });
export const ratioAtLeast = (target: number): Goal => ({ of: "ratio", limit: "at least", target });
export const ratioAtMost = (target: number): Goal => ({ of: "ratio", limit: "at most", target });

/** One figure of a bench: the medians of its rounds. `null` where there is no yardstick or no goal. */
export interface Figure {
  readonly bench: string;
  /** Which of the bench's figures: "p50", "10,000 agents". */
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  readonly yardstick: number | null;
  /** Median of the rounds' own ratios, each to the yardstick that was measured beside it. */
  readonly ratio: number | null;
  readonly target: number | null;
  /** The goal in words, "ratio at most 0.4". */
  readonly goal: string | null;
  readonly met: boolean | null;
  readonly rounds: number;
  /** Smallest and largest value of the rounds. */
  readonly spread: readonly [number, number];
  /** CPU seconds of processes that are not ours, for each round; `null` where the machine does not tell. */
  readonly foreignCpuSeconds: readonly (number | null)[];
  /** What that was of all cores' time, 0 to 1: the median of the rounds. */
  readonly foreignCpuShare: number | null;
}

export interface Measured {
  readonly figure: string;
  readonly unit: string;
  /** One value for each round. */
  readonly values: readonly number[];
  /** The yardstick's value of the same rounds. Default: none. */
  readonly yardstick?: readonly number[];
  /** Default: none, the figure is only shown. */
  readonly goal?: Goal;
}

export function summarize(bench: string, rounds: Rounds<unknown>, measured: Measured): Figure {
  const value = median(measured.values);
  const yardstick = measured.yardstick ? median(measured.yardstick) : null;
  const ratio = measured.yardstick ? median(pairedRatios(measured.values, measured.yardstick)) : null;
  const { goal } = measured;
  const shares = rounds.foreignCpuShare.filter((share) => share !== null);
  return {
    bench,
    figure: measured.figure,
    value,
    unit: measured.unit,
    yardstick,
    ratio,
    target: goal?.target ?? null,
    goal: goal ? `${goal.of} ${goal.limit} ${goal.target}` : null,
    met: goal ? isMet(goal, value, ratio) : null,
    rounds: measured.values.length,
    spread: spread(measured.values),
    foreignCpuSeconds: rounds.foreignCpuSeconds,
    foreignCpuShare: shares.length === 0 ? null : median(shares),
  };
}

export function isMet(goal: Goal, value: number, ratio: number | null): boolean {
  const reached = goal.of === "value" ? value : ratio;
  if (reached === null) throw new TypeError("a goal for the ratio needs a yardstick");
  return goal.limit === "at least" ? reached >= goal.target : reached <= goal.target;
}
