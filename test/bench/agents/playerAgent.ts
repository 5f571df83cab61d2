import { setTimeout } from "node:timers/promises";
import { AgentBase, type AgentConfig, agent, Msg } from "agentscope-distributed";

interface PlayerConfig extends AgentConfig {
  /** How long the player's model takes; the model is a timer. */
  readonly thinkingMs: number;
  readonly highest: number;
}

/** A player of the simulation: keeps the question in its memory, thinks for a while, and answers a random number. */
@agent
export class PlayerAgent extends AgentBase<PlayerConfig> {
  override async reply(x?: Msg | Msg[]): Promise<Msg> {
    if (!(x instanceof Msg)) throw new TypeError("PlayerAgent takes one message");
    this.memory.add(x);
    await setTimeout(this.config.thinkingMs);
    return new Msg({
      name: this.name,
      role: "assistant",
      content: Math.floor(Math.random() * (this.config.highest + 1)),
    });
  }
}
