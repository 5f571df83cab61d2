import type { DistOptions } from "agentscope-distributed";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Environment } from "./agents/environment.js";
import { Player } from "./agents/player.js";
import type { Group } from "./playRound.js";

/** A million agents are made in a loop: now and then others get their turn, and what was written leaves. */
const pauseEvery = 1_000;

/** An environment in each place, and the players spread over them. */
export async function makeGroups(
  places: readonly DistOptions[],
  { agents, thinkingMs, onProgress }: { agents: number; thinkingMs: number; onProgress: (made: number) => void },
): Promise<Group[]> {
  const groups = places.map((toDist, index) => ({
    environment: new Environment({ name: `environment ${index}` }).toDist(toDist),
    players: [] as Player[],
    toDist,
  }));
  for (let number = 0; number < agents; number++) {
    const group = groups[number % groups.length];
    group?.players.push(new Player({ name: `player ${number}`, number, thinkingMs, toDist: group.toDist }));
    if (number % pauseEvery === 0) {
      onProgress(number);
      await nextTurn();
    }
  }
  onProgress(agents);
  return groups;
}
