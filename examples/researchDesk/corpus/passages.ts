import { documentParts } from "./documentParts.js";
import { sentences } from "./sentences.js";

/** Some consecutive sentences of a document, with the code and headings between them: what is indexed and scored. */
export interface Passage {
  readonly path: string;
  readonly pieces: readonly Piece[];
  /** The numbers of its first and last piece in the document: passages overlap. */
  readonly first: number;
  readonly last: number;
}

export interface Piece {
  readonly kind: "sentence" | "heading" | "code";
  readonly text: string;
  /** On which it begins, from 1. */
  readonly line: number;
  /** The number of its paragraph, list item, table row, heading or code block in the document. */
  readonly block: number;
  /** The headings above it, outermost first. */
  readonly headings: readonly string[];
}

/** Long enough for the words of a question to meet in it, short enough to be about one thing. */
const PASSAGE_CHARACTERS = 900;

/**
 * The passages of a document, in its order. They slide: one begins with every paragraph, so that no cut at an arbitrary
 * place separates what belongs together, and goes on below the next heading, since many sections have but one line.
 */
export function passagesOf(path: string, text: string): Passage[] {
  const pieces = piecesOf(path, text);
  const passages: Passage[] = [];
  for (const [first, piece] of pieces.entries()) {
    const beginsBlock = piece.block !== pieces[first - 1]?.block;
    if (piece.kind !== "sentence" || !beginsBlock) continue;
    const own = window(pieces, first);
    passages.push({ path, pieces: own, first, last: first + own.length - 1 });
    // A later one would only be a part of this one.
    if (first + own.length === pieces.length) break;
  }
  return passages;
}

export function overlap(a: Passage, b: Passage): boolean {
  return a.path === b.path && a.first <= b.last && b.first <= a.last;
}

function window(pieces: readonly Piece[], start: number): Piece[] {
  let characters = 0;
  let end = start;
  for (; end < pieces.length && characters < PASSAGE_CHARACTERS; end += 1) characters += pieces[end]?.text.length ?? 0;
  return pieces.slice(start, end);
}

function piecesOf(path: string, text: string): Piece[] {
  const pieces: Piece[] = [];
  let headings: readonly string[] = [];
  for (const [block, part] of documentParts(path, text).entries()) {
    if (part.kind === "prose") {
      const found = sentences(part.text, part.line);
      pieces.push(...found.map((sentence) => ({ ...sentence, kind: "sentence" as const, block, headings })));
      continue;
    }
    if (part.kind === "heading") headings = [...headings.slice(0, part.depth - 1), part.text];
    pieces.push({ kind: part.kind, text: part.text, line: part.line, block, headings });
  }
  return pieces;
}
