import { arch, availableParallelism, hostname, platform, totalmem } from "node:os";
import { AgentBase, type AgentConfig, agent, Msg } from "agentscope-distributed";

/** What a surveyor finds where it lives. */
export interface Survey {
  machine: string;
  processId: number;
  system: string;
  cores: number;
  memoryGiB: number;
}

/** Says what machine it is on. */
@agent
export class Surveyor extends AgentBase {
  constructor(config: AgentConfig) {
    super(config);
  }

  override async reply(): Promise<Msg> {
    const content: Survey = {
      machine: hostname(),
      processId: process.pid,
      system: `${platform()} ${arch()}`,
      cores: availableParallelism(),
      memoryGiB: Math.round(totalmem() / 2 ** 30),
    };
    return new Msg({ name: this.name, role: "assistant", content });
  }
}
