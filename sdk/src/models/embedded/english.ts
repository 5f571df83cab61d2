import model from "wink-eng-lite-web-model";
import winkNLP, { type ItemSentence, type ItemToken } from "wink-nlp";
import { proseOf } from "./prose.js";

/** A sentence as it stands in a text, with what is known of it. */
export interface Sentence {
  readonly text: string;
  /** The stems of its words that carry meaning, and its numbers. */
  readonly terms: readonly string[];
  readonly numbers: readonly number[];
  /** Groups of nouns with their adjectives, as they stand there. */
  readonly phrases: readonly Phrase[];
  /** It asks, or tells somebody to do something. */
  readonly isRequest: boolean;
  readonly isNegated: boolean;
}

export interface Phrase {
  readonly text: string;
  readonly terms: readonly string[];
}

const nlp = winkNLP(model, ["sbd", "pos"]);

/** What is read of a token; the library's own types say one parameter too few, and of methods. */
const its = nlp.its as unknown as Record<"type" | "normal" | "stem" | "pos", (index: number) => string> & {
  stopWordFlag: (index: number) => boolean;
};

/** Texts that were read lately: agents show a model the same conversation again and again, a little longer each time. */
const known = new Map<string, readonly Sentence[]>();
const knownTextLimit = 2_000_000;
let knownText = 0;

export function sentencesOf(text: string): readonly Sentence[] {
  const before = known.get(text);
  if (before !== undefined) {
    known.delete(text);
    known.set(text, before);
    return before;
  }
  const sentences = proseOf(text).flatMap(sentencesOfPart);
  known.set(text, sentences);
  knownText += text.length;
  for (const oldest of known.keys()) {
    if (knownText <= knownTextLimit) break;
    known.delete(oldest);
    knownText -= oldest.length;
  }
  return sentences;
}

/** How many tokens a text has, as the tagger counts. */
export function tokenCount(text: string): number {
  return sentencesOf(text).reduce((sum, sentence) => sum + sentence.text.split(" ").length, 0);
}

interface Token {
  text: string;
  term: string | undefined;
  type: string;
  partOfSpeech: string;
}

function sentencesOfPart(part: string): Sentence[] {
  const read: { text: string; tokens: Token[] }[] = [];
  let end = 0;
  nlp
    .readDoc(part)
    .sentences()
    .each((item: ItemSentence) => {
      const tokens: Token[] = [];
      item.tokens().each((token: ItemToken) => tokens.push(tokenOf(token)));
      const text = item.out().trim();
      if (text === "") return;
      const last = read.at(-1);
      // A dot without a space after it ends no sentence: `.option()`.
      if (last !== undefined && part.startsWith(text, end)) {
        last.text += text;
        last.tokens.push(...tokens);
        end += text.length;
      } else {
        read.push({ text, tokens });
        end = part.indexOf(text, end) + text.length;
      }
    });
  return read.map(({ text, tokens }) => sentenceOf(text, tokens));
}

function tokenOf(token: ItemToken): Token {
  const type = token.out(its.type);
  const normal = token.out(its.normal);
  const carriesMeaning = (type === "word" || type === "number") && token.out(its.stopWordFlag) !== true;
  return {
    text: token.out(),
    term: !carriesMeaning ? undefined : type === "number" ? normal : token.out(its.stem),
    type,
    partOfSpeech: token.out(its.pos),
  };
}

const negations = /^(?:not|n't|n’t|no|never|none|neither|nor|without|cannot)$/i;

/** The most words of a name that stands before what somebody said, with a colon. */
const longestSpeaker = 4;

function sentenceOf(text: string, tokens: Token[]): Sentence {
  const colon = tokens.slice(0, longestSpeaker + 1).findIndex((token) => token.text === ":");
  const first = tokens.slice(colon + 1).find(({ type, text: word }) => type === "word" && !/^please$/i.test(word));
  return {
    text,
    terms: tokens.flatMap(({ term }) => term ?? []),
    numbers: tokens.filter(({ type }) => type === "number").flatMap(numberOf),
    phrases: phrasesOf(text, tokens),
    isRequest: /\?["'”’)]*$/.test(text) || (first?.partOfSpeech === "VERB" && !/(?:ing|ed)$/i.test(first.text)),
    isNegated: tokens.some(({ text: word }) => negations.test(word)),
  };
}

function numberOf({ text }: Token): number[] {
  const value = Number(text.replaceAll(",", ""));
  return Number.isFinite(value) ? [value] : [];
}

function phrasesOf(text: string, tokens: Token[]): Phrase[] {
  const phrases: Phrase[] = [];
  let run: Token[] = [];
  const endRun = () => {
    const last = run.findLastIndex(({ partOfSpeech }) => partOfSpeech !== "ADJ");
    const words = run.slice(0, last + 1);
    run = [];
    const phrase = words.map((word) => word.text).join(" ");
    // Only as it stands there: "m / s" does not.
    if (words.length > 0 && text.includes(phrase))
      phrases.push({ text: phrase, terms: words.flatMap(({ term }) => term ?? []) });
  };
  for (const token of tokens) {
    const belongs =
      token.type === "word" && token.term !== undefined && /^(?:ADJ|NOUN|PROPN)$/.test(token.partOfSpeech);
    if (belongs) run.push(token);
    else endRun();
  }
  endRun();
  return phrases;
}
