export interface WrapOptions {
  readonly columns: number;
  /** What the first line begins with; the others are indented as far. */
  readonly lead: string;
}

/** Breaks a text between its words. A word longer than a line stands alone. */
export function wrap(text: string, { columns, lead }: WrapOptions): string[] {
  const indent = " ".repeat(lead.length);
  const lines: string[] = [];
  let line = lead;
  for (const word of text.split(" ")) {
    if (line.length + 1 + word.length > columns && line.trim() !== lead.trim()) {
      lines.push(line);
      line = indent;
    }
    line += line === lead || line === indent ? word : ` ${word}`;
  }
  return [...lines, line];
}
