import type { Phrase } from "./english.js";
import type { Ranked } from "./rankSentences.js";

/** The phrases that ranked sentences are about, the weightiest first; of several with the same words the first. */
export function keyPhrases(ranked: readonly Ranked[]): string[] {
  const found = new Map<string, { text: string; weight: number }>();
  for (const { sentence, score } of ranked) {
    for (const phrase of sentence.phrases) {
      const key = phrase.terms.join(" ");
      const before = found.get(key);
      found.set(key, {
        text: before?.text ?? phrase.text,
        weight: (before?.weight ?? 0) + score * lengthBonus(phrase),
      });
    }
  }
  return [...found.values()].sort((a, b) => b.weight - a.weight).map(({ text }) => text);
}

/** Two or three words say more than one; more than that are seldom a name of something. */
function lengthBonus({ terms }: Phrase): number {
  return terms.length === 1 ? 1 : terms.length <= 3 ? 1.5 : 0.5;
}
