import { AgentBase, Msg } from "agentscope-distributed";

/** Adds its name to what it is told, and remembers both. In a module of its own, so that other processes can load it. */
export class Greeter extends AgentBase {
  override async reply(x?: Msg | Msg[]): Promise<Msg> {
    const said = Array.isArray(x) ? x.at(-1) : x;
    this.memory.add(said);
    const answer = new Msg({
      name: this.name,
      role: "assistant",
      content: `${String(said?.content)}, says ${this.name}`,
    });
    this.memory.add(answer);
    return answer;
  }
}
