import { setTimeout } from "node:timers/promises";
import { AgentBase, type AgentConfig, agent, Msg } from "agentscope-distributed";

export interface StepConfig extends AgentConfig {
  /** How long its work takes. */
  durationMs: number;
}

/** When an agent worked, in ms since 1970. */
export interface Period {
  startedAt: number;
  endedAt: number;
}

/** A step that takes a while and says what it was made from, as in `D(B(A), C(A))`. */
@agent
export class Step extends AgentBase<StepConfig> {
  constructor(config: StepConfig) {
    super(config);
  }

  override async reply(x?: Msg | Msg[]): Promise<Msg> {
    const inputs = x === undefined ? [] : [x].flat();
    const startedAt = Date.now();
    await setTimeout(this.config.durationMs);
    const period: Period = { startedAt, endedAt: Date.now() };
    const madeFrom = inputs.map((input) => String(input.content)).join(", ");
    const content = madeFrom === "" ? this.name : `${this.name}(${madeFrom})`;
    return new Msg({ name: this.name, role: "assistant", content, metadata: period });
  }
}
