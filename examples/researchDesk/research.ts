import { Msg, type Placeholder } from "agentscope-distributed";
import type { SourceDocument } from "./corpus/discoverDocuments.js";
import type { DeskContent } from "./deskContent.js";
import type { Desk } from "./openDesk.js";

/** The results of one piece of research: placeholders, on their way. */
export interface Research {
  readonly readings: readonly Placeholder[];
  readonly counts: readonly Placeholder[];
  readonly corpus: Placeholder;
  readonly findings: readonly Placeholder[];
  readonly evidence: Placeholder;
  readonly answer: Placeholder;
}

/**
 * The whole orchestration, for agents anywhere. Nothing is awaited: each call runs as soon as its inputs are there, and
 * what one agent says goes to the next from server to server.
 *
 * @param batches for each reader, the batches of documents that it reads one after the other.
 */
export function research(desk: Desk, question: string, batches: readonly SourceDocument[][][]): Research {
  const readings = desk.readers.flatMap((reader, index) =>
    (batches[index] ?? []).map((documents) => reader(say({ kind: "documents", documents }))),
  );
  const counts = desk.readers.map((reader) => reader(say({ kind: "question", question })));
  const corpus = desk.critic(counts);
  const findings = desk.readers.map((reader) => reader(corpus));
  const evidence = desk.critic(findings);
  const answer = desk.editor(evidence);
  return { readings, counts, corpus, findings, evidence, answer };
}

function say(content: DeskContent): Msg<DeskContent> {
  return new Msg({ name: "main", role: "user", content });
}
