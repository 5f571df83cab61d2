import { AgentBase, type AgentConfig, agent, type Msg } from "agentscope-distributed";
import { allOfKind, received, unexpected } from "../deskContent.js";
import { weigh } from "../evidence/evidence.js";
import { mergeStatistics } from "../retrieval/corpusStatistics.js";
import { timedReply } from "../workSpan.js";
import { nameSubjects, warmUp } from "./deskModel.js";

/** Makes one thing of what the readers bring: first of their counts, then of their findings, whose subjects its model names. */
@agent
export class Critic extends AgentBase {
  constructor(config: AgentConfig) {
    super(config);
  }

  override setup(): Promise<void> {
    return warmUp(this.config.modelConfigName);
  }

  override async reply(x?: Msg | Msg[]): Promise<Msg> {
    const contents = received(x);
    const counts = allOfKind(contents, "counts");
    if (counts) {
      return timedReply(this.name, "merge", () => ({
        kind: "corpus",
        question: counts[0]?.question ?? "",
        statistics: mergeStatistics(counts.map((count) => count.statistics)),
      }));
    }
    const findings = allOfKind(contents, "findings");
    const first = findings?.[0];
    if (!findings || !first) throw unexpected(this.name, contents);
    return timedReply(this.name, "merge", async () => {
      const { question, statistics } = first;
      const weighed = weigh(findings.flatMap((finding) => finding.passages));
      const subjects = await nameSubjects(this.config.modelConfigName, question, weighed.sources);
      return { kind: "evidence", question, statistics, subjects, ...weighed };
    });
  }
}
