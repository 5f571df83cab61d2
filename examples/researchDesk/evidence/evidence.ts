import type { CorpusStatistics } from "../retrieval/corpusStatistics.js";
import { byScore, type ScoredPassage } from "../retrieval/passageIndex.js";
import { groupNearDuplicates } from "./nearDuplicates.js";

/** What the critic hands to the editor. */
export interface Evidence {
  readonly question: string;
  readonly statistics: CorpusStatistics;
  /** What the sources speak of. */
  readonly subjects: readonly string[];
  /** Best first. */
  readonly sources: readonly Source[];
  /** How many passages said the same as a better one. */
  readonly duplicates: number;
}

export interface Source {
  readonly passage: ScoredPassage;
  /** Where near-duplicates of the passage stand. */
  readonly alsoIn: readonly Place[];
}

export interface Place {
  readonly path: string;
  readonly line: number;
}

/** Two voices of one document are enough: a third says less than the first of another. */
const MAX_SOURCES_PER_DOCUMENT = 2;
/** A passage with a smaller part of the best one's score has some words of the question, but hardly its subject. */
const MIN_SCORE_RATIO = 0.25;

/** Merges the readers' findings: near-duplicates joined, no document speaking for all. */
export function weigh(findings: readonly ScoredPassage[]): Pick<Evidence, "sources" | "duplicates"> {
  const groups = groupNearDuplicates(findings.toSorted(byScore), proseOf);
  const enough = MIN_SCORE_RATIO * (groups[0]?.[0].score ?? 0);
  const perDocument = new Map<string, number>();
  const sources: Source[] = [];
  for (const [passage, ...others] of groups) {
    const taken = perDocument.get(passage.path) ?? 0;
    if (passage.score < enough || taken >= MAX_SOURCES_PER_DOCUMENT) continue;
    perDocument.set(passage.path, taken + 1);
    sources.push({ passage, alsoIn: others.map(placeOf) });
  }
  return { sources, duplicates: findings.length - groups.length };
}

function placeOf({ path, pieces }: ScoredPassage): Place {
  return { path, line: pieces[0]?.line ?? 1 };
}

function proseOf({ pieces }: ScoredPassage): string {
  return pieces
    .filter((piece) => piece.kind === "sentence")
    .map((piece) => piece.text)
    .join(" ");
}
