import { Msg, type RpcAgent } from "agentscope-distributed";
import type { Environment } from "./agents/environment.js";
import type { Player } from "./agents/player.js";
import { type Announcement, type RoundResult, share } from "./game.js";

/** An environment and the players whose guesses it collects: they are in one place, so that guesses stay there. */
export interface Group {
  readonly environment: RpcAgent<Environment>;
  readonly players: readonly Player[];
}

export interface RoundOptions {
  /** How many guesses of a group are waited for at once. */
  readonly inFlight: number;
  /** Is told how many guesses there are so far. */
  readonly onProgress: (guesses: number) => void;
}

/** How many guesses an environment is handed at once; it has them before the group's next ones are asked for. */
const batchSize = 500;

/** Plays one round: everybody guesses, and who is nearest to 2/3 of the mean wins. */
export async function playRound(
  groups: readonly Group[],
  announcement: Announcement,
  options: RoundOptions,
): Promise<RoundResult> {
  const beganAt = performance.now();
  let guesses = 0;
  const collected = (count: number) => {
    guesses += count;
    options.onProgress(guesses);
  };
  await Promise.all(groups.map((group) => collect(group, announcement, { inFlight: options.inFlight, collected })));
  const tallies = await Promise.all(groups.map(({ environment }) => environment.tally()));
  const players = tallies.reduce((sum, tally) => sum + tally.players, 0);
  const mean = tallies.reduce((sum, tally) => sum + tally.sum, 0) / players;
  const target = mean * share;
  const nearest = await Promise.all(groups.map(({ environment }) => environment.nearest(target)));
  const distance = Math.min(...nearest.map((one) => one.distance));
  const best = nearest.filter((one) => one.distance === distance);
  return {
    round: announcement.round,
    players,
    mean,
    target,
    distance,
    winners: best.reduce((sum, { winners }) => sum + winners, 0),
    winner: best[0]?.winner ?? "",
    seconds: (performance.now() - beganAt) / 1000,
  };
}

/** Asks all players of a group, and hands what they will answer to the environment: the guesses themselves don't come here. */
async function collect(
  { environment, players }: Group,
  announcement: Announcement,
  { inFlight, collected }: { inFlight: number; collected: (count: number) => void },
): Promise<void> {
  await environment.beginRound();
  const said = new Msg({ name: "environment", role: "user", content: announcement });
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < players.length) {
      const batch = players.slice(next, next + batchSize);
      next += batch.length;
      await environment(batch.map((player) => player(said)));
      collected(batch.length);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.floor(inFlight / batchSize)) }, lane));
}
