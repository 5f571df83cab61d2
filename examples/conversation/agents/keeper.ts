import { AgentBase, type AgentConfig, agent, Msg } from "agentscope-distributed";

export interface KeeperConfig extends AgentConfig {
  secret: number;
}

/** Knows a number and says of each guess whether it is higher or lower; "exit" when the guess is right. */
@agent
export class Keeper extends AgentBase<KeeperConfig> {
  private readonly secret: number;

  constructor(config: KeeperConfig) {
    super(config);
    this.secret = config.secret;
  }

  override async reply(x?: Msg | Msg[]): Promise<Msg> {
    const guess = Number(Array.isArray(x) ? x.at(-1)?.content : x?.content);
    const content = guess === this.secret ? "exit" : guess < this.secret ? "higher" : "lower";
    return new Msg({ name: this.name, role: "assistant", content });
  }
}
