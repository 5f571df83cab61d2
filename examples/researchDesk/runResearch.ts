import type { SourceDocument } from "./corpus/discoverDocuments.js";
import type { DeskContent } from "./deskContent.js";
import type { Answer } from "./evidence/answer.js";
import type { Desk } from "./openDesk.js";
import { research } from "./research.js";
import { spanOf, type WorkSpan, wallClock } from "./workSpan.js";

export interface ResearchInput {
  readonly question: string;
  /** For each reader, the batches of documents that it reads one after the other. */
  readonly batches: readonly SourceDocument[][][];
  /** Of the critic and the editor, and the file that it stands in. */
  readonly model: { readonly name: string | undefined; readonly configPath: string | undefined };
  /** Called at each piece of work that is done, with what it brought. */
  readonly onProgress: (content: DeskContent) => void;
}

export interface ResearchResult {
  readonly answer: Answer;
  readonly startedAt: number;
  readonly endedAt: number;
  /** In the order of the calls. */
  readonly spans: readonly WorkSpan[];
}

/**
 * Has a desk do its research, follows its progress, and waits for all of it.
 *
 * @param startedAt when the making of the desk began, so that starting processes counts.
 */
export async function runResearch(
  desk: Promise<Desk>,
  startedAt: number,
  { question, batches, onProgress }: ResearchInput,
): Promise<ResearchResult> {
  const { readings, counts, corpus, findings, evidence, answer } = research(await desk, question, batches);
  const messages = await Promise.all(
    [...readings, ...counts, corpus, ...findings, evidence, answer].map(async (placeholder) => {
      const message = await placeholder;
      onProgress(message.content as DeskContent);
      return message;
    }),
  );
  const endedAt = wallClock();
  const { kind: _, ...written } = (await answer.content) as Extract<DeskContent, { kind: "answer" }>;
  return { answer: written, startedAt, endedAt, spans: messages.map(spanOf) };
}
