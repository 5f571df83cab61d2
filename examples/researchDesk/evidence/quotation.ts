import type { Piece } from "../corpus/passages.js";
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
/** A further sentence must bring at least about as much as a common word of the question. */
const COST_OF_A_FURTHER_SENTENCE = 0.5;

/** The sentences of a source that say most about the question, or `undefined` if it has no statement about it. */
export function quote({ passage, alsoIn }: Source, weights: ReadonlyMap<string, number>): Quotation | undefined {
  const run = bestRun(passage.pieces, weights);
  const first = run[0];
  if (!first) return undefined;
  const text = textOf(extended(run, passage.pieces));
  return { path: passage.path, line: first.line, text, headings: first.headings, alsoIn };
}

/** The sentences of one block with most of the question's weight; of equal ones the fewest, then the first. */
function bestRun(pieces: readonly Piece[], weights: ReadonlyMap<string, number>): readonly Piece[] {
  const asked = pieces.map((piece) => distinctTerms(piece.text).filter((term) => weights.has(term)));
  let best: readonly Piece[] = [];
  let bestWorth = 0;
  for (let start = 0; start < pieces.length; start += 1) {
    for (let end = start + 1; end <= pieces.length; end += 1) {
      const run = pieces.slice(start, end);
      if (!isQuotable(run)) break;
      const terms = new Set(asked.slice(start, end).flat());
      const weight = [...terms].reduce((sum, term) => sum + (weights.get(term) ?? 0), 0);
      const worth = weight - (run.length - 1) * COST_OF_A_FURTHER_SENTENCE;
      if (worth > bestWorth) [best, bestWorth] = [run, worth];
    }
  }
  return best;
}

/** What follows in the same block often explains: it is quoted too as far as there is room. */
function extended(run: readonly Piece[], pieces: readonly Piece[]): readonly Piece[] {
  const last = run.at(-1);
  const next = last && pieces[pieces.indexOf(last) + 1];
  if (!next || !isQuotable([...run, next])) return run;
  return extended([...run, next], pieces);
}

function isQuotable(run: readonly Piece[]): boolean {
  if (textOf(run).length > MAX_QUOTATION_CHARACTERS) return false;
  return run.every((piece) => isStatement(piece) && piece.block === run[0]?.block);
}

/** A question asks, and a line that ends with a colon announces; neither answers. */
function isStatement({ kind, text }: Piece): boolean {
  return kind === "sentence" && text.split(" ").length >= MIN_STATEMENT_WORDS && !/[:?]$/.test(text);
}

function textOf(run: readonly Piece[]): string {
  return run.map((piece) => piece.text).join(" ");
}
