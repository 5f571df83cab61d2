import { AgentBase, type AgentConfig, agent, type Msg } from "agentscope-distributed";
import { received, unexpected } from "../deskContent.js";
import { writeAnswer } from "../evidence/answer.js";
import { timedReply } from "../workSpan.js";
import { summarize, warmUp } from "./deskModel.js";

/** Writes the answer from the evidence, in the words of the documents, and has its model say it in short. */
@agent
export class Editor extends AgentBase {
  constructor(config: AgentConfig) {
    super(config);
  }

  override setup(): Promise<void> {
    return warmUp(this.config.modelConfigName);
  }

  override async reply(x?: Msg | Msg[]): Promise<Msg> {
    const contents = received(x);
    const [evidence] = contents;
    if (evidence?.kind !== "evidence") throw unexpected(this.name, contents);
    return timedReply(this.name, "write", async () => {
      const answer = writeAnswer(evidence);
      if (answer.quotations.length === 0) return { kind: "answer", ...answer };
      const summary = await summarize(this.config.modelConfigName, evidence.question, answer.quotations);
      return { kind: "answer", ...answer, words: { subjects: evidence.subjects, ...summary } };
    });
  }
}
