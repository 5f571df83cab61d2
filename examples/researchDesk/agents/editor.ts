import { AgentBase, type AgentConfig, agent, type Msg } from "agentscope-distributed";
import { received, unexpected } from "../deskContent.js";
import { writeAnswer } from "../evidence/answer.js";
import { timedReply } from "../workSpan.js";

/** Writes the answer from the evidence, in the words of the documents. */
@agent
export class Editor extends AgentBase {
  constructor(config: AgentConfig) {
    super(config);
  }

  override async reply(x?: Msg | Msg[]): Promise<Msg> {
    const contents = received(x);
    const [evidence] = contents;
    if (evidence?.kind !== "evidence") throw unexpected(this.name, contents);
    return timedReply(this.name, "write", () => ({ kind: "answer", ...writeAnswer(evidence) }));
  }
}
