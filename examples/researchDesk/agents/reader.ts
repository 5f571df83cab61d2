import { readFileSync } from "node:fs";
import { AgentBase, type AgentConfig, agent, type Msg } from "agentscope-distributed";
import { passagesOf } from "../corpus/passages.js";
import { totalBytes } from "../corpus/shares.js";
import { received, unexpected } from "../deskContent.js";
import { PassageIndex } from "../retrieval/passageIndex.js";
import { timedReply } from "../workSpan.js";

/** More than an answer can use: near-duplicates and further passages of a document fall away later. */
const MAX_FINDINGS = 24;

/** Reads its share of the documents into an index, and scores the passages when it knows the whole corpus. */
@agent
export class Reader extends AgentBase {
  private readonly index = new PassageIndex();

  constructor(config: AgentConfig) {
    super(config);
  }

  override async reply(x?: Msg | Msg[]): Promise<Msg> {
    const contents = received(x);
    const [content] = contents;
    switch (content?.kind) {
      case "documents":
        return timedReply(this.name, "read", () => {
          for (const { path, file } of content.documents) {
            this.index.addDocument(passagesOf(path, readFileSync(file, "utf8")));
          }
          return { kind: "indexed", documents: content.documents.length, bytes: totalBytes(content.documents) };
        });
      case "question":
        return timedReply(this.name, "count", () => {
          return { kind: "counts", question: content.question, statistics: this.index.statistics(content.question) };
        });
      case "corpus":
        return timedReply(this.name, "score", () => {
          const { question, statistics } = content;
          return {
            kind: "findings",
            question,
            statistics,
            passages: this.index.best(question, statistics, MAX_FINDINGS),
          };
        });
      default:
        throw unexpected(this.name, contents);
    }
  }
}
