import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { AgentBase, type AgentConfig, Msg } from "agentscope-distributed";

interface ClerkConfig extends AgentConfig {
  /** Until a file `go` is in the folder of the script. */
  waits?: boolean;
  fails?: boolean;
}

/** Passes on what it is told, with its name. */
export class Clerk extends AgentBase<ClerkConfig> {
  override async reply(x?: Msg | Msg[]): Promise<Msg> {
    const said = Array.isArray(x) ? x.at(-1) : x;
    this.memory.add(said);
    while (this.config.waits && !existsSync(new URL("../go", import.meta.url))) await pause(50);
    if (this.config.fails) throw new Error("I can't judge this");
    const answer = new Msg({
      name: this.name,
      role: "assistant",
      content: `${String(said?.content)}, read by ${this.name}`,
    });
    this.memory.add(answer);
    return answer;
  }
}
