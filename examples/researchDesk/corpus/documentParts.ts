import MarkdownIt, { type Token } from "markdown-it";

/** A piece of a document. Prose is a paragraph, a list item's paragraph or a table row; markup is taken off. */
export interface Part {
  readonly kind: "heading" | "prose" | "code";
  readonly text: string;
  /** On which it begins, from 1. */
  readonly line: number;
  /** Of a heading: 1 for the outermost. */
  readonly depth: number;
}

const markdown = new MarkdownIt({ html: true });

/** The parts of a document in its order; `.txt` files have no markup and are read as they are. */
export function documentParts(path: string, text: string): Part[] {
  return path.toLowerCase().endsWith(".txt") ? paragraphs(text) : markdownParts(markdown.parse(text, {}));
}

/** An indented line of a text file is no code, and a leading `#` is no heading. */
function paragraphs(text: string): Part[] {
  const parts: Part[] = [];
  let line = 1;
  for (const piece of text.split(/(\n[^\S\n]*\n\s*)/)) {
    if (piece.trim() !== "") parts.push({ kind: "prose", text: piece, line, depth: 0 });
    line += piece.split("\n").length - 1;
  }
  return parts;
}

function markdownParts(tokens: readonly Token[]): Part[] {
  const parts: Part[] = [];
  let headingDepth = 0;
  let row: { cells: string[]; line: number } | undefined;
  for (const token of tokens) {
    const line = (token.map?.[0] ?? 0) + 1;
    switch (token.type) {
      case "heading_open":
        headingDepth = Number(token.tag.slice(1));
        break;
      case "heading_close":
        headingDepth = 0;
        break;
      case "tr_open":
        row = { cells: [], line };
        break;
      case "tr_close":
        if (row) parts.push({ kind: "prose", text: row.cells.join(" · "), line: row.line, depth: 0 });
        row = undefined;
        break;
      case "inline": {
        const text = inlineText(token.children ?? []);
        if (row) row.cells.push(text);
        else if (headingDepth > 0) parts.push({ kind: "heading", text: collapse(text), line, depth: headingDepth });
        else parts.push({ kind: "prose", text, line, depth: 0 });
        break;
      }
      case "fence":
      case "code_block":
        parts.push({ kind: "code", text: token.content, line, depth: 0 });
        break;
      default:
        break;
    }
  }
  return parts.filter((part) => part.text.trim() !== "");
}

/** What a reader of the page sees of a line: no images, no HTML tags, of a link its text. */
function inlineText(children: readonly Token[]): string {
  return children
    .map(({ type, content }) => {
      if (type === "text" || type === "code_inline") return content;
      return type === "softbreak" || type === "hardbreak" ? "\n" : "";
    })
    .join("");
}

function collapse(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
