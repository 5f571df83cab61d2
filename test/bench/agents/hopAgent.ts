import { AgentBase, agent, Msg } from "agentscope-distributed";

export interface Hops {
  readonly hops: number;
  readonly text: string;
}

/** Answers with a new message that has made one hop more. */
@agent
export class HopAgent extends AgentBase {
  override async reply(x?: Msg | Msg[]): Promise<Msg> {
    if (!(x instanceof Msg)) throw new TypeError("HopAgent takes one message");
    const { hops, text } = x.content as Hops;
    return new Msg({ name: this.name, role: "assistant", content: { hops: hops + 1, text } satisfies Hops });
  }
}
