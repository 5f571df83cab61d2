import { setTimeout } from "node:timers/promises";
import { AgentBase, agent, Msg } from "agentscope-distributed";

export interface Task {
  readonly durationMs: number;
}

/** Stands for an agent that waits for a model: its first message says how long, the others are what it had to wait for. */
@agent
export class TimerAgent extends AgentBase {
  override async reply(x?: Msg | Msg[]): Promise<Msg> {
    const [task, ...inputs] = [x ?? []].flat();
    if (!task) throw new TypeError("TimerAgent needs a message with its task");
    await setTimeout((task.content as Task).durationMs);
    return new Msg({ name: this.name, role: "assistant", content: { inputs: inputs.map((input) => input.name) } });
  }
}
