import MiniSearch, { type Options } from "minisearch";
import { compareText } from "../corpus/discoverDocuments.js";
import { overlap, type Passage } from "../corpus/passages.js";
import { type CorpusStatistics, inverseFrequency } from "./corpusStatistics.js";
import { distinctTerms, termOf, words } from "./words.js";

export interface ScoredPassage extends Passage {
  readonly score: number;
}

const OPTIONS: Options<{ id: number; text: string }> = {
  fields: ["text"],
  tokenize: words,
  processTerm: (word) => termOf(word) ?? null,
};

/** One reader's share of the corpus: a MiniSearch index (BM25+) whose scores can be compared with other shares'. */
export class PassageIndex {
  private readonly passages: Passage[] = [];
  private readonly index = new MiniSearch(OPTIONS);
  private documents = 0;

  addDocument(passages: readonly Passage[]): void {
    this.documents += 1;
    for (const passage of passages) {
      this.index.add({ id: this.passages.length, text: indexedText(passage) });
      this.passages.push(passage);
    }
  }

  /** The first pass: what this share adds to the statistics of the whole corpus. */
  statistics(question: string): CorpusStatistics {
    const lengths = Object.values(this.index.toJSON().fieldLength).map(([length]) => length ?? 0);
    return {
      documents: this.documents,
      passages: this.passages.length,
      passageTerms: lengths.reduce((sum, length) => sum + length, 0),
      frequencies: distinctTerms(question).map((term) => ({ term, passages: this.passagesWith(term) })),
    };
  }

  /**
   * The second pass: this share's best passages that do not overlap, scored as one index over the whole corpus would.
   * MiniSearch weighs with the statistics of its own documents; those of the corpus go in through its serialized form
   * (sizes) and through the weight of each term (frequencies).
   */
  best(question: string, corpus: CorpusStatistics, limit: number): ScoredPassage[] {
    if (this.passages.length === 0) return [];
    const averageFieldLength = [corpus.passageTerms / corpus.passages];
    const global = MiniSearch.loadJS<{ id: number; text: string }>(
      { ...this.index.toJSON(), documentCount: corpus.passages, averageFieldLength },
      OPTIONS,
    );
    const weights = new Map(
      corpus.frequencies.map(({ term, passages }) => {
        const own = inverseFrequency(corpus.passages, this.passagesWith(term));
        return [term, inverseFrequency(corpus.passages, passages) / own];
      }),
    );
    const results = global.search(distinctTerms(question).join(" "), {
      processTerm: (term) => term,
      boostTerm: (term) => weights.get(term) ?? 0,
    });
    // The order in which a share's numbers are multiplied must not decide between two passages.
    const scored = results.map(({ id, score }) => ({ ...this.passageAt(id), score: Math.round(score * 1e6) / 1e6 }));
    return withoutOverlaps(scored.sort(byScore), limit);
  }

  private passagesWith(term: string): number {
    return this.index.search(term, { processTerm: (unchanged) => unchanged }).length;
  }

  private passageAt(id: number): Passage {
    const passage = this.passages[id];
    if (!passage) throw new RangeError(`the index names passage ${id}, but there are ${this.passages.length}`);
    return passage;
  }
}

/** Best first; equal scores in the order of paths and of places in the file, so that every run agrees. */
export function byScore(a: ScoredPassage, b: ScoredPassage): number {
  return b.score - a.score || compareText(a.path, b.path) || a.first - b.first || a.last - b.last;
}

/** The headings above count as words of the passage: they often name what its sentences only call "it". */
function indexedText({ pieces }: Passage): string {
  return [...(pieces[0]?.headings ?? []), ...pieces.map((piece) => piece.text)].join("\n");
}

function withoutOverlaps(bestFirst: readonly ScoredPassage[], limit: number): ScoredPassage[] {
  const kept: ScoredPassage[] = [];
  for (const passage of bestFirst) {
    if (kept.length === limit) break;
    if (!kept.some((better) => overlap(better, passage))) kept.push(passage);
  }
  return kept;
}
