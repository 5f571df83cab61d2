import { stripVTControlCharacters } from "node:util";

/**
 * A text of somebody else as it may stand in a terminal: without what would move the cursor, change colours or set a title. Lines and
 * tabs stay.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll("\r\n", "\n")
    .replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) =>
      character === "\n" || character === "\t" ? character : "",
    );
}

/** The same on one line, of at most so many characters. */
export function oneLine(text: string, length = 80): string {
  const line = printable(text).replaceAll(/\s+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}
