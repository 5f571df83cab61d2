import { AgentBase, agent, Msg } from "agentscope-distributed";
import type { Nearest, Tally } from "../game.js";

/** Collects the guesses of its players, and knows them until the next round begins. */
@agent
export class Environment extends AgentBase {
  private guesses: { name: string; guess: number }[] = [];

  /** Takes guesses; says how many it has. */
  override async reply(x?: Msg | Msg[]): Promise<Msg> {
    for (const { name, content } of [x ?? []].flat()) {
      if (typeof content !== "number" || Number.isNaN(content)) throw new TypeError(`${name} guessed no number`);
      this.guesses.push({ name, guess: content });
    }
    return new Msg({ name: this.name, role: "assistant", content: this.guesses.length });
  }

  beginRound(): void {
    this.guesses = [];
  }

  tally(): Tally {
    return { players: this.guesses.length, sum: this.guesses.reduce((sum, { guess }) => sum + guess, 0) };
  }

  nearest(target: number): Nearest {
    let found: Nearest = { distance: Number.POSITIVE_INFINITY, winners: 0, winner: "" };
    for (const { name, guess } of this.guesses) {
      const distance = Math.abs(guess - target);
      if (distance < found.distance) found = { distance, winners: 1, winner: name };
      else if (distance === found.distance) found = { ...found, winners: found.winners + 1 };
    }
    return found;
  }
}
