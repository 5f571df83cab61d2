import type { ModelWords } from "../agents/deskModel.js";
import { termWeights } from "../retrieval/corpusStatistics.js";
import type { Evidence } from "./evidence.js";
import { groupNearDuplicates } from "./nearDuplicates.js";
import { type Quotation, quote } from "./quotation.js";

/** What the editor hands to the person who asked. */
export interface Answer {
  readonly question: string;
  readonly quotations: readonly Quotation[];
  readonly documents: number;
  readonly passages: number;
  readonly duplicates: number;
  /** What a model adds to it. */
  readonly words?: ModelWords;
}

const MAX_QUOTATIONS = 6;

/** Writes the answer: what the best sources say about the question, in their own words. */
export function writeAnswer(evidence: Evidence): Answer {
  const weights = termWeights(evidence.statistics);
  const quotations = merged(evidence.sources.flatMap((source) => quote(source, weights) ?? []));
  return {
    question: evidence.question,
    quotations: quotations.slice(0, MAX_QUOTATIONS),
    documents: evidence.statistics.documents,
    passages: evidence.statistics.passages,
    duplicates: evidence.duplicates,
  };
}

/** Passages that differ as wholes can still say the same where they are quoted. */
function merged(quotations: readonly Quotation[]): Quotation[] {
  return groupNearDuplicates(quotations, (quotation) => quotation.text).map(([first, ...others]) => ({
    ...first,
    alsoIn: [...first.alsoIn, ...others.flatMap(({ path, line, alsoIn }) => [{ path, line }, ...alsoIn])],
  }));
}
