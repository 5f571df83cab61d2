import { stemmer } from "stemmer";

/** Words that every English text has and that say nothing about what a question asks for. */
const STOP_WORDS = new Set(
  `a about after all also am an and any are as at be been before being both but by can could did do does doing done each
  either else ever every few for from get gets got had has have having he her here hers him his how i if in into is it
  its itself just let like made make makes many may me might more most much must my no nor not of off on once one only
  or other our out over own same shall she should so some such than that the their them then there these they thing
  things this those through to too under until up us use used uses using very was way we were what when where which
  while who whom whose why will with without would yes you your`.split(/\s+/),
);

const segmenter = new Intl.Segmenter("en", { granularity: "word" });

/**
 * The words of a text in its order, by Unicode's rules: they know every script, also those without spaces. Names of code
 * are cut into their parts, as `max_pool_size` and `node.js`.
 */
export function words(text: string): string[] {
  const found: string[] = [];
  for (const { segment, isWordLike } of segmenter.segment(text)) {
    if (isWordLike) found.push(...segment.split(/[._'’]+/).filter((part) => part !== ""));
  }
  return found;
}

/** The index term of a word: lower case, its English ending taken off; `undefined` for a word that means nothing. */
export function termOf(word: string): string | undefined {
  const lower = word.normalize("NFKC").toLowerCase();
  return STOP_WORDS.has(lower) || lower.length < 2 ? undefined : stemmer(lower);
}

/** The distinct terms of a text in the order in which they first occur. */
export function distinctTerms(text: string): string[] {
  return [...new Set(words(text).flatMap((word) => termOf(word) ?? []))];
}
