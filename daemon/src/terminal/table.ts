import { oneLine } from "./printable.js";

/** A column: its heading and what stands in it. */
export interface Column<Row> {
  heading: string;
  value: (row: Row) => string;
  /** `right` for numbers. Default `left`. */
  align?: "left" | "right";
}

/** The widest a column gets, in characters. */
const widest = 60;

/** Rows under headings, each column as wide as its widest cell; a column in which nothing stands is left out. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map(({ value }) => oneLine(value(row), widest)));
  const shown = columns.flatMap((column, index) => {
    const texts = cells.map((line) => line[index] ?? "");
    if (texts.every((text) => text === "")) return [];
    const width = texts.reduce((most, text) => Math.max(most, displayWidth(text)), column.heading.length);
    return [[column.heading, ...texts].map((text) => padded(text, width, column.align ?? "left"))];
  });
  const lines = Array.from({ length: rows.length + 1 }, (_, line) =>
    shown.map((texts) => texts[line] ?? "").join("  "),
  );
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

function padded(text: string, width: number, align: "left" | "right"): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return align === "right" ? space + text : text + space;
}

const graphemes = new Intl.Segmenter();

/** How many cells of a terminal a text takes: letters of East Asia and emoji take two. */
function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
