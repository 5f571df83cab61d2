import { AgentBase, type AgentConfig, agent, Msg } from "agentscope-distributed";

export interface GuesserConfig extends AgentConfig {
  lowest: number;
  highest: number;
}

/** Looks for a number by halving the range: what it was told so far is its state, wherever it lives. */
@agent
export class Guesser extends AgentBase<GuesserConfig> {
  private lowest: number;
  private highest: number;
  private guess = 0;

  constructor(config: GuesserConfig) {
    super(config);
    this.lowest = config.lowest;
    this.highest = config.highest;
  }

  override async reply(x?: Msg | Msg[]): Promise<Msg> {
    const hint = Array.isArray(x) ? x.at(-1)?.content : x?.content;
    if (hint === "higher") this.lowest = this.guess + 1;
    if (hint === "lower") this.highest = this.guess - 1;
    this.guess = Math.floor((this.lowest + this.highest) / 2);
    return new Msg({ name: this.name, role: "assistant", content: this.guess });
  }
}
