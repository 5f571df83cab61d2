import { words } from "../retrieval/words.js";

/** Passages that say the same: the first is the best one, the others follow in their order. */
export type Group<T> = [T, ...T[]];

const WORDS_PER_SHINGLE = 4;
/** Broder's resemblance: the shingles that both have, of all that either has. */
const MIN_RESEMBLANCE = 0.6;
/** Broder's containment: the shingles that both have, of those of the shorter one. */
const MIN_CONTAINMENT = 0.8;

/**
 * Groups near-duplicates by their shingles (all runs of four words). The items come best first, and each joins the
 * first group whose best item it is like. The sets are compared exactly: there are dozens of passages here; for
 * millions one would compare MinHash signatures of the same sets.
 */
export function groupNearDuplicates<T>(items: readonly T[], textOf: (item: T) => string): Group<T>[] {
  const groups: { shingles: Set<string>; items: Group<T> }[] = [];
  for (const item of items) {
    const own = shingles(textOf(item));
    const alike = groups.find((group) => areNearDuplicates(group.shingles, own));
    if (alike) alike.items.push(item);
    else groups.push({ shingles: own, items: [item] });
  }
  return groups.map((group) => group.items);
}

export function shingles(text: string): Set<string> {
  const lower = words(text).map((word) => word.toLowerCase());
  if (lower.length <= WORDS_PER_SHINGLE) return new Set(lower.length === 0 ? [] : [lower.join(" ")]);
  const starts = lower.length - WORDS_PER_SHINGLE + 1;
  return new Set(Array.from({ length: starts }, (_, start) => lower.slice(start, start + WORDS_PER_SHINGLE).join(" ")));
}

function areNearDuplicates(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const [smaller, larger] = a.size <= b.size ? [a, b] : [b, a];
  if (smaller.size === 0) return larger.size === 0;
  const common = [...smaller].filter((shingle) => larger.has(shingle)).length;
  const resemblance = common / (smaller.size + larger.size - common);
  return resemblance >= MIN_RESEMBLANCE || common / smaller.size >= MIN_CONTAINMENT;
}
