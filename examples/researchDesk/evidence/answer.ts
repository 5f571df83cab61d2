import { termWeights } from "../retrieval/corpusStatistics.js";
import type { Evidence } from "./evidence.js";
import { type Quotation, quote, weightOf } from "./quotation.js";

/** What the editor hands to the person who asked. */
export interface Answer {
  readonly question: string;
  /** The quotations that together have most of what the question asks for, by their numbers, from 1. */
  readonly inShort: readonly number[];
  readonly quotations: readonly Quotation[];
  readonly documents: number;
  readonly passages: number;
  readonly duplicates: number;
}

const MAX_QUOTATIONS = 6;
const MAX_IN_SHORT = 2;

/** Writes the answer: what the best sources say in their own words, and which of them to read first. */
export function writeAnswer(evidence: Evidence): Answer {
  const weights = termWeights(evidence.statistics);
  const quotations = evidence.sources.flatMap((source) => quote(source, weights) ?? []).slice(0, MAX_QUOTATIONS);
  return {
    question: evidence.question,
    inShort: coveringQuotations(quotations, weights),
    quotations,
    documents: evidence.statistics.documents,
    passages: evidence.statistics.passages,
    duplicates: evidence.duplicates,
  };
}

/** Takes, again and again, the quotation that adds most to what those before it have of the question. */
function coveringQuotations(quotations: readonly Quotation[], weights: ReadonlyMap<string, number>): number[] {
  const chosen: number[] = [];
  const covered = new Set<string>();
  while (chosen.length < MAX_IN_SHORT) {
    const gains = quotations.map(({ terms }) =>
      weightOf(
        terms.filter((term) => !covered.has(term)),
        weights,
      ),
    );
    const best = gains.indexOf(Math.max(0, ...gains));
    const quotation = quotations[best];
    if (!quotation || gains[best] === 0) break;
    chosen.push(best + 1);
    for (const term of quotation.terms) covered.add(term);
  }
  return chosen.sort((a, b) => a - b);
}
