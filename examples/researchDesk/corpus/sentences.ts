export interface Sentence {
  readonly text: string;
  /** The line of the file on which it begins, from 1. */
  readonly line: number;
}

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

/** The sentences of one paragraph that begins on `firstLine`; line breaks inside a sentence become spaces. */
export function sentences(paragraph: string, firstLine: number): Sentence[] {
  const found: Sentence[] = [];
  let line = firstLine;
  for (const { segment } of segmenter.segment(paragraph.replaceAll("\n", SOFT_BREAK))) {
    const leadingBreaks = countBreaks(segment.slice(0, segment.length - segment.trimStart().length));
    const text = segment.replace(/\s+/g, " ").trim();
    if (text !== "") found.push({ text, line: line + leadingBreaks });
    line += countBreaks(segment);
  }
  return found;
}

/** The segmenter ends a sentence at every line feed, but a paragraph's lines are cut anywhere: U+000B stays inside. */
const SOFT_BREAK = "\v";

function countBreaks(text: string): number {
  return text.split(SOFT_BREAK).length - 1;
}
