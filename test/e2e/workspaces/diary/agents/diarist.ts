import { AgentBase, Msg } from "agentscope-distributed";

/** Remembers what it is told, and what it says to that. */
export class Diarist extends AgentBase {
  override async reply(x?: Msg | Msg[]): Promise<Msg> {
    this.memory.add(x);
    const answer = new Msg({
      name: this.name,
      role: "assistant",
      content: `I have written down message ${this.memory.size}.`,
    });
    this.memory.add(answer);
    return answer;
  }
}
