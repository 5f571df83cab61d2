/** What a share of the corpus adds to the statistics that scoring needs. Small: one number per term of the question. */
export interface CorpusStatistics {
  readonly documents: number;
  readonly passages: number;
  /** The distinct terms of each passage, summed over all passages. */
  readonly passageTerms: number;
  /** For each term of the question, how many passages have it. */
  readonly frequencies: readonly TermFrequency[];
}

export interface TermFrequency {
  readonly term: string;
  readonly passages: number;
}

/**
 * The statistics of all shares together. A share's own are not enough: a word that is rare in one share and common in
 * another would weigh differently in each, and the scores of two readers could not be compared.
 */
export function mergeStatistics(shares: readonly CorpusStatistics[]): CorpusStatistics {
  const frequencies = new Map<string, number>();
  for (const { term, passages } of shares.flatMap((share) => share.frequencies)) {
    frequencies.set(term, (frequencies.get(term) ?? 0) + passages);
  }
  return {
    documents: sum(shares, (share) => share.documents),
    passages: sum(shares, (share) => share.passages),
    passageTerms: sum(shares, (share) => share.passageTerms),
    frequencies: [...frequencies].map(([term, passages]) => ({ term, passages })),
  };
}

/** How much a term tells passages apart: BM25's inverse document frequency. */
export function inverseFrequency(passages: number, passagesWithTerm: number): number {
  return Math.log(1 + (passages - passagesWithTerm + 0.5) / (passagesWithTerm + 0.5));
}

/** The weight of each term of the question. One that occurs nowhere has none. */
export function termWeights(statistics: CorpusStatistics): Map<string, number> {
  const found = statistics.frequencies.filter(({ passages }) => passages > 0);
  return new Map(found.map(({ term, passages }) => [term, inverseFrequency(statistics.passages, passages)]));
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
