/** "Guess 2/3 of the average": who is nearest to this share of the mean of all guesses wins. */
export const share = 2 / 3;
/** Guesses are numbers from 0 to this. */
export const highest = 100;

/** What the environment tells the players at the beginning of a round. */
export interface Announcement {
  readonly round: number;
  /** What one should have guessed in the round before; null in the first. */
  readonly lastTarget: number | null;
}

/** What an environment knows of the guesses of its players. */
export interface Tally {
  readonly players: number;
  readonly sum: number;
}

/** Those of an environment's players that were nearest. */
export interface Nearest {
  readonly distance: number;
  readonly winners: number;
  /** One of them. */
  readonly winner: string;
}

export interface RoundResult {
  readonly round: number;
  readonly players: number;
  readonly mean: number;
  readonly target: number;
  /** How far the nearest guess was from the target, how many players had it, and one of them. */
  readonly distance: number;
  readonly winners: number;
  readonly winner: string;
  readonly seconds: number;
}
