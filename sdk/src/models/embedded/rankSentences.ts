import type { Candidate } from "./conversationText.js";
import type { Sentence } from "./english.js";

/** A sentence of the conversation, and how well it answers: from 0 on. */
export interface Ranked {
  sentence: Sentence;
  score: number;
  /** Its place in the conversation. */
  index: number;
}

// BM25's usual constants: how fast more of a word stops to count, and how much longer sentences are held back.
const saturation = 1.2;
const lengthNorm = 0.75;
/** What is asked counts this much against what the conversation as a whole is about. */
const requestShare = 0.85;

/** The sentences by how well they answer a request, the best first: by its words, and by those that come up again and again. */
export function rankSentences(candidates: readonly Candidate[], request: readonly string[]): Ranked[] {
  const frequency = new Map<string, number>();
  for (const { sentence } of candidates) {
    for (const term of new Set(sentence.terms)) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  }
  const averageLength = candidates.reduce((sum, { sentence }) => sum + sentence.terms.length, 0) / candidates.length;
  const asked = new Set(request);
  const relevance = candidates.map(({ sentence }) => {
    const norm = saturation * (1 - lengthNorm + (lengthNorm * sentence.terms.length) / (averageLength || 1));
    let sum = 0;
    for (const term of asked) {
      const count = sentence.terms.filter((each) => each === term).length;
      const inSentences = frequency.get(term) ?? 0;
      const rarity = Math.log(1 + (candidates.length - inSentences + 0.5) / (inSentences + 0.5));
      sum += (rarity * count * (saturation + 1)) / (count + norm);
    }
    return sum;
  });
  const centrality = candidates.map(({ sentence }) => {
    const terms = [...new Set(sentence.terms)];
    const shared = terms.reduce((sum, term) => sum + (frequency.get(term) ?? 1) - 1, 0);
    // A small part for all, so that a single sentence has something too; short ones are no better for being short.
    return (shared + 0.1 * Math.min(terms.length, 10)) / (terms.length + 3);
  });
  const bestRelevance = Math.max(...relevance);
  const bestCentrality = Math.max(...centrality) || 1;
  const share = bestRelevance > 0 ? requestShare : 0;
  return candidates
    .map(({ sentence, weight, isInstruction }, index) => ({
      sentence,
      isLeftOut: isInstruction && relevance[index] === 0,
      index,
      score:
        weight *
        (share * ((relevance[index] ?? 0) / (bestRelevance || 1)) +
          (1 - share) * ((centrality[index] ?? 0) / bestCentrality)),
    }))
    .filter(({ isLeftOut }) => !isLeftOut)
    .sort((a, b) => b.score - a.score || a.index - b.index);
}

/** A sentence this much like a better one adds nothing. */
const mostAlike = 0.6;
/** A sentence this much worse than the best one is left out. */
const worstShare = 0.4;

/** The best of ranked sentences that say something different, as they follow each other in the conversation. */
export function chooseSentences(ranked: readonly Ranked[], most: number): Sentence[] {
  const chosen: Ranked[] = [];
  const least = (ranked[0]?.score ?? 0) * worstShare;
  for (const candidate of ranked) {
    if (chosen.length === most || candidate.score < least) break;
    if (chosen.every(({ sentence }) => alike(sentence, candidate.sentence) < mostAlike)) chosen.push(candidate);
  }
  return chosen.sort((a, b) => a.index - b.index).map(({ sentence }) => sentence);
}

function alike(a: Sentence, b: Sentence): number {
  const terms = new Set(a.terms);
  const others = new Set(b.terms);
  const common = [...terms].filter((term) => others.has(term)).length;
  return common / (terms.size + others.size - common || 1);
}
