import { AgentBase, agent, Msg } from "agentscope-distributed";

export const Adder = agent(
  class Adder extends AgentBase {
    constructor(config) {
      super(config);
      this.constructedIn = process.pid;
    }

    async reply(x) {
      const { sum, pids } = x?.content ?? { sum: 0, pids: [] };
      const content = { sum: sum + this.config.step, pids: [...pids, process.pid] };
      return new Msg({ name: this.name, role: "assistant", content });
    }

    async double(value) {
      return value * 2;
    }
  },
);
