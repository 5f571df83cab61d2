import { AgentBase } from "../../src/agents/agentBase.js";
import { Msg } from "../../src/messages/msg.js";

/** Answers with its name and what it was given; remembers what it observes. */
export class Chatter extends AgentBase {
  override async reply(input?: Msg): Promise<Msg> {
    const heard = input === undefined ? "" : `(${String(input.content)})`;
    return new Msg({ name: this.name, content: `${this.name}${heard}`, role: "assistant" });
  }

  /** What it has observed, once everything before is done. */
  async heard(): Promise<unknown[]> {
    await this.observe([]);
    return this.memory.get().map(({ content }) => content);
  }
}

/** Adds one to a number. */
export class Counter extends AgentBase {
  override async reply(input?: Msg): Promise<Msg> {
    return number(Number(input?.content ?? 0) + 1);
  }
}

/** A message that holds a number. */
export function number(content: number): Msg<number> {
  return new Msg({ name: "n", content, role: "user" });
}
