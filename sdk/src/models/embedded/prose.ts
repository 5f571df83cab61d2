/** More characters than this without a space are no word; the tagger would take very long over them. */
const longestWord = 100;

/** Marks at the beginning of a line that make it a part of its own: headings, lists, quotations, tables. */
const lineMark = /^(?:#{1,6}|[-*+•>]+|\d{1,3}[.)]|\|)\s+/;

/**
 * The prose of a text: its paragraphs, list items and headings, each with single spaces and without the mark that it begins
 * with. Code blocks and runs of characters without spaces are left out.
 */
export function proseOf(text: string): string[] {
  const parts: string[] = [];
  let lines: string[] = [];
  let inCode = false;
  const endPart = () => {
    parts.push(...withoutRuns(lines.join(" ")));
    lines = [];
  };
  for (const raw of text.split(/\r?\n|[\u2028\u2029]/)) {
    const line = raw.trim();
    const isFence = line.startsWith("```");
    if (isFence) inCode = !inCode;
    if (isFence || inCode || line === "") {
      endPart();
      continue;
    }
    if (lineMark.test(line)) endPart();
    lines.push(line.replace(lineMark, ""));
    if (/^#{1,6}\s/.test(line)) endPart();
  }
  endPart();
  return parts;
}

function withoutRuns(text: string): string[] {
  const parts: string[] = [];
  let words: string[] = [];
  for (const word of text.split(/\s+/)) {
    if (word.length < longestWord) {
      words.push(word);
    } else {
      parts.push(words.join(" "));
      words = [];
    }
  }
  parts.push(words.join(" "));
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}
