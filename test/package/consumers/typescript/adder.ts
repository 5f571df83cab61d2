import { pid } from "node:process";
import { AgentBase, agent, Msg } from "agentscope-distributed";

interface AdderConfig {
  name: string;
  step: number;
}

@agent
export class Adder extends AgentBase<AdderConfig> {
  async reply(x?: Msg | Msg[]): Promise<Msg> {
    const message = Array.isArray(x) ? x[0] : x;
    const { sum, pids } = (message?.content ?? { sum: 0, pids: [] }) as { sum: number; pids: number[] };
    const content = { sum: sum + this.config.step, pids: [...pids, pid] };
    return new Msg({ name: this.name, role: "assistant", content });
  }

  async double(value: number): Promise<number> {
    return value * 2;
  }
}
