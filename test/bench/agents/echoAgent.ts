import { AgentBase, agent, Msg } from "agentscope-distributed";

/** Answers with the message that it was given. */
@agent
export class EchoAgent extends AgentBase {
  override async reply(x?: Msg | Msg[]): Promise<Msg> {
    if (!(x instanceof Msg)) throw new TypeError("EchoAgent takes one message");
    return x;
  }
}
