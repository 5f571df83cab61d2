import { isDeepStrictEqual } from "node:util";
import { isEmbedded } from "./agents/deskModel.js";
import type { Answer } from "./evidence/answer.js";
import type { ResearchResult } from "./runResearch.js";

/** What the two runs of the same research say about each other. */
export interface Comparison {
  readonly equal: boolean;
  readonly localMs: number;
  readonly distributedMs: number;
  /** Until every process that has a reader was at work; part of the whole. */
  readonly startMs: number;
  readonly speedUp: number;
  /** Of the work alone, once all processes were there. */
  readonly speedUpOfWork: number;
  /** How much longer the same work kept its processes busy; far above 1 where cores were shared with other programs. */
  readonly busyRatio: number;
}

export function compare(local: ResearchResult, distributed: ResearchResult): Comparison {
  const localMs = local.endedAt - local.startedAt;
  const distributedMs = distributed.endedAt - distributed.startedAt;
  const startMs = timeToStart(distributed);
  return {
    equal: isDeepStrictEqual(comparable(local.answer), comparable(distributed.answer)),
    localMs,
    distributedMs,
    startMs,
    speedUp: localMs / distributedMs,
    speedUpOfWork: localMs / (distributedMs - startMs),
    busyRatio: busyMs(distributed) / busyMs(local),
  };
}

/** Without the words of a model that says it differently each time. */
function comparable({ words, ...found }: Answer): Answer {
  return words !== undefined && isEmbedded(words.model) ? { ...found, words } : found;
}

function timeToStart({ spans, startedAt }: ResearchResult): number {
  const firstRead = new Map<number, number>();
  for (const span of spans.filter(({ step }) => step === "read")) {
    firstRead.set(span.processId, Math.min(span.startedAt, firstRead.get(span.processId) ?? Infinity));
  }
  return Math.max(startedAt, ...firstRead.values()) - startedAt;
}

function busyMs({ spans }: ResearchResult): number {
  return spans.reduce((sum, span) => sum + span.endedAt - span.startedAt, 0);
}
