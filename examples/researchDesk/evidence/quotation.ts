import type { Sentence } from "../corpus/sentences.js";
import type { ScoredPassage } from "../retrieval/passageIndex.js";
import { distinctTerms } from "../retrieval/words.js";
import type { Place, Source } from "./evidence.js";

/** Words of one document, as they stand there without their markup. */
export interface Quotation extends Place {
  readonly text: string;
  readonly headings: readonly string[];
  readonly alsoIn: readonly Place[];
}

const MAX_QUOTATION_CHARACTERS = 320;
/** Fewer words are a label or the name of an option, not a statement. */
const MIN_STATEMENT_WORDS = 5;

/** The sentences of a source that say most about the question, or `undefined` if it has no statement about it. */
export function quote(source: Source, weights: ReadonlyMap<string, number>): Quotation | undefined {
  const { passage } = source;
  const best = bestRun(passage, weights);
  const first = best?.[0];
  if (!best || !first) return undefined;
  return {
    path: passage.path,
    line: first.line,
    text: textOf(extended(best, passage)),
    headings: passage.headings,
    alsoIn: source.alsoIn,
  };
}

/** The run of sentences of one block with most of the question's weight; of equal ones the shortest, then the first. */
function bestRun(passage: ScoredPassage, weights: ReadonlyMap<string, number>): readonly Sentence[] | undefined {
  let best: readonly Sentence[] | undefined;
  let bestWeight = 0;
  for (let start = 0; start < passage.sentences.length; start += 1) {
    for (let end = start + 1; end <= passage.sentences.length; end += 1) {
      const run = passage.sentences.slice(start, end);
      if (!isQuotable(run)) break;
      const weight = weightOf(textOf(run), weights) - (run.length - 1) * COST_OF_A_FURTHER_SENTENCE;
      if (weight > bestWeight) [best, bestWeight] = [run, weight];
    }
  }
  return best;
}

/** It must bring at least about as much as a common word of the question. */
const COST_OF_A_FURTHER_SENTENCE = 0.5;

/** What follows in the same block often explains: it is quoted too as far as there is room. */
function extended(run: readonly Sentence[], passage: ScoredPassage): readonly Sentence[] {
  const last = run.at(-1);
  const next = last && passage.sentences[passage.sentences.indexOf(last) + 1];
  if (!next || !isQuotable([...run, next])) return run;
  return extended([...run, next], passage);
}

function isQuotable(run: readonly Sentence[]): boolean {
  if (textOf(run).length > MAX_QUOTATION_CHARACTERS) return false;
  return run.every((sentence) => isStatement(sentence) && sentence.block === run[0]?.block);
}

function textOf(run: readonly Sentence[]): string {
  return run.map((sentence) => sentence.text).join(" ");
}

function isStatement(sentence: Sentence): boolean {
  return sentence.text.split(" ").length >= MIN_STATEMENT_WORDS && !/[:?]$/.test(sentence.text);
}

/** The weights of the question's terms that the text has, each counted once. */
function weightOf(text: string, weights: ReadonlyMap<string, number>): number {
  return distinctTerms(text).reduce((sum, term) => sum + (weights.get(term) ?? 0), 0);
}
