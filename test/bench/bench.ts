import type { Figure, Measured } from "./figure.js";
import type { Measurements, Rounds, Sides } from "./inTurn.js";

/**
 * One bench. It runs in a process of its own, which is the main process of the program that it measures, and uses the
 * product as its users do: by its public API and its commands. To add one, write it in `benches/` and name it in `benches.ts`.
 */
export interface Bench {
  readonly name: string;
  /** One sentence for the reader of the list. */
  readonly what: string;
  /** Rounds that count, and rounds in `--quick`. Default: 5 and 5. */
  readonly rounds?: number;
  readonly quickRounds?: number;
  /** The bench takes no part in `--quick`, because it says nothing in ten seconds. Default: false. */
  readonly skipInQuick?: boolean;
  run(context: BenchContext): Promise<Figure[]>;
}

export interface BenchContext {
  /** Fewer calls and fewer sizes: the bench has ten seconds. */
  readonly quick: boolean;
  /** Measures all sides once in each of the bench's rounds, A B A B. Default for `warmUps`: 1. */
  inTurn<S extends Sides>(sides: S, options?: { warmUps?: number }): Promise<Rounds<Measurements<S>>>;
  figure(rounds: Rounds<unknown>, measured: Measured): Figure;
  /** Hands over a resource: it is disposed when the bench ends in any way, the last one first. */
  own<T extends AsyncDisposable>(resource: T): T;
  /** Tells the watching person what goes on. */
  progress(text: string): void;
}
