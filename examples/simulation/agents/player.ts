import { setTimeout } from "node:timers/promises";
import { AgentBase, type AgentConfig, agent, Msg } from "agentscope-distributed";
import { type Announcement, highest, share } from "../game.js";
import { chance } from "../random.js";

interface PlayerConfig extends AgentConfig {
  /** Which of all players it is. */
  readonly number: number;
  /** How long it thinks, in milliseconds: a timer in place of a model. */
  readonly thinkingMs: number;
}

/** How many steps ahead players think: one that thinks no step ahead guesses at random first. */
const depths = 4;

/** Guesses what 2/3 of the average will be, as people do: some steps ahead of what the others guessed last time. */
@agent
export class Player extends AgentBase<PlayerConfig> {
  override async reply(x?: Msg | Msg[]): Promise<Msg> {
    if (!(x instanceof Msg)) throw new TypeError("a player takes one announcement");
    this.memory.add(x);
    const { thinkingMs } = this.config;
    if (thinkingMs > 0) await setTimeout(thinkingMs);
    return new Msg({ name: this.name, role: "assistant", content: this.guess(x.content as Announcement) });
  }

  private guess({ round, lastTarget }: Announcement): number {
    const { number } = this.config;
    const depth = number % depths;
    const luck = chance(number, round);
    if (lastTarget === null && depth === 0) return luck * highest;
    const others = lastTarget ?? highest / 2;
    return Math.min(highest, others * share ** depth * (0.9 + 0.2 * luck));
  }
}
