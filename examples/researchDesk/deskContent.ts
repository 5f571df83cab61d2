import type { Msg } from "agentscope-distributed";
import type { SourceDocument } from "./corpus/discoverDocuments.js";
import type { Answer } from "./evidence/answer.js";
import type { Evidence } from "./evidence/evidence.js";
import type { CorpusStatistics } from "./retrieval/corpusStatistics.js";
import type { ScoredPassage } from "./retrieval/passageIndex.js";

/** What the messages of the desk say. None carries a document: the readers open the files themselves. */
export type DeskContent =
  | { kind: "documents"; documents: readonly SourceDocument[] }
  | { kind: "indexed"; documents: number; bytes: number }
  | { kind: "question"; question: string }
  | { kind: "counts"; question: string; statistics: CorpusStatistics }
  | { kind: "corpus"; question: string; statistics: CorpusStatistics }
  | { kind: "findings"; question: string; statistics: CorpusStatistics; passages: readonly ScoredPassage[] }
  | ({ kind: "evidence" } & Evidence)
  | ({ kind: "answer" } & Answer);

export type DeskMessage = Msg<DeskContent>;

/** What an agent was sent, as a list. */
export function received(x: Msg | Msg[] | undefined): DeskContent[] {
  const messages = x === undefined ? [] : Array.isArray(x) ? x : [x];
  return messages.map((message) => message.content as DeskContent);
}

/** The contents that an agent can work with: all of one kind. */
export function allOfKind<K extends DeskContent["kind"]>(
  contents: readonly DeskContent[],
  kind: K,
): readonly Extract<DeskContent, { kind: K }>[] | undefined {
  const isOfKind = (content: DeskContent): content is Extract<DeskContent, { kind: K }> => content.kind === kind;
  return contents.length > 0 && contents.every(isOfKind) ? contents : undefined;
}

export function unexpected(agentName: string, contents: readonly DeskContent[]): Error {
  const kinds = contents.map((content) => content.kind).join(", ") || "nothing";
  return new TypeError(`${agentName} cannot work with a message of ${kinds}`);
}
