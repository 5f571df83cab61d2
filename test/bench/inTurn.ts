import { availableParallelism } from "node:os";
import { foreignCpuSeconds, sampleCpu } from "./cpuTime.js";

/** The sides of a comparison by name; each call measures one round of that side. */
export type Sides = Readonly<Record<string, () => Promise<unknown>>>;

export interface Rounds<Of> {
  /** For each side what its rounds answered, in order. */
  readonly of: Of;
  /** For each round the CPU time that other processes of the machine took. */
  readonly foreignCpuSeconds: readonly (number | null)[];
  /** The same as a share of what all cores could have done in that round, 0 to 1. */
  readonly foreignCpuShare: readonly (number | null)[];
}

export interface InTurnOptions {
  readonly rounds: number;
  /** Long rounds: when so many are done and so much time is over, there is no further one. Default: there always is. */
  readonly enough?: { readonly rounds: number; readonly ms: number };
  /** Rounds run before those that count, so that compilers and connections are warm. */
  readonly warmUps: number;
  /** Called before each side's turn; a warm-up has the round 0. Default: nobody is told. */
  readonly onTurn?: (side: string, round: number) => void;
}

export type Measurements<S extends Sides> = { readonly [K in keyof S]: Awaited<ReturnType<S[K]>>[] };

/** Measures A B A B …: each side once in every round, so that a change of the machine's pace meets all sides alike. */
export async function inTurn<S extends Sides>(sides: S, options: InTurnOptions): Promise<Rounds<Measurements<S>>> {
  const names = Object.keys(sides);
  const of: Record<string, unknown[]> = Object.fromEntries(names.map((name) => [name, []]));
  const foreign: (number | null)[] = [];
  const shares: (number | null)[] = [];
  const { enough = { rounds: Infinity, ms: Infinity } } = options;
  const startedAt = performance.now();
  for (let round = 1 - options.warmUps; round <= options.rounds; round++) {
    const [before, beganAt] = [sampleCpu(), performance.now()];
    for (const name of names) {
      options.onTurn?.(name, Math.max(0, round));
      const answer = await sides[name]?.();
      if (round > 0) of[name]?.push(answer);
    }
    if (round <= 0) continue;
    const seconds = foreignCpuSeconds(before, sampleCpu()) ?? null;
    const couldBe = (availableParallelism() * (performance.now() - beganAt)) / 1000;
    foreign.push(seconds);
    shares.push(seconds === null ? null : Math.min(1, seconds / couldBe));
    if (round >= enough.rounds && performance.now() - startedAt >= enough.ms) break;
  }
  return { of: of as Measurements<S>, foreignCpuSeconds: foreign, foreignCpuShare: shares };
}
