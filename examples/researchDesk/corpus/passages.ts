import type { Nodes, Root, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { toString as textOf } from "mdast-util-to-string";
import { gfm } from "micromark-extension-gfm";
import { type Sentence, sentences } from "./sentences.js";

/** A few consecutive paragraphs, list items or table rows under one heading: what is indexed, scored and quoted. */
export interface Passage {
  readonly path: string;
  /** Where the passage begins in its file, in UTF-16 code units. */
  readonly offset: number;
  /** The headings above it, outermost first. */
  readonly headings: readonly string[];
  readonly sentences: readonly Sentence[];
}

interface Block {
  readonly text: string;
  readonly line: number;
  readonly offset: number;
}

/** Short enough to be about one thing, long enough for the words of a question to meet in it. */
const MAX_PASSAGE_CHARACTERS = 700;

/** The passages of one document, in its order. Code blocks, raw HTML and link definitions are not prose: left out. */
export function passagesOf(path: string, text: string): Passage[] {
  const passages: Passage[] = [];
  const headings: string[] = [];
  let blocks: Block[] = [];
  const close = () => {
    const passage = toPassage(path, headings, blocks);
    if (passage) passages.push(passage);
    blocks = [];
  };
  for (const part of parse(path, text).children) {
    if (part.type === "heading") {
      close();
      headings.length = Math.min(headings.length, part.depth - 1);
      headings.push(collapse(plainText(part)));
      continue;
    }
    for (const block of blocksOf(part)) {
      if (charactersOf(blocks) + block.text.length > MAX_PASSAGE_CHARACTERS) close();
      blocks.push(block);
    }
  }
  close();
  return passages;
}

function parse(path: string, text: string): Pick<Root, "children"> {
  if (path.toLowerCase().endsWith(".txt")) return plainTextTree(text);
  return fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

/** A text file has no markup: an indented line in it is no code, a leading `#` no heading. */
function plainTextTree(text: string): Pick<Root, "children"> {
  const children: RootContent[] = [];
  let line = 1;
  let offset = 0;
  for (const [index, paragraph] of text.split(/(\n[^\S\n]*\n\s*)/).entries()) {
    if (index % 2 === 0 && paragraph.trim() !== "") {
      const start = { line, column: 1, offset };
      children.push({
        type: "paragraph",
        children: [{ type: "text", value: paragraph }],
        position: { start, end: start },
      });
    }
    line += paragraph.split("\n").length - 1;
    offset += paragraph.length;
  }
  return { children };
}

function blocksOf(node: Nodes): Block[] {
  switch (node.type) {
    case "paragraph":
    case "tableRow": {
      const text = node.type === "tableRow" ? node.children.map(plainText).join(" · ") : plainText(node);
      const start = node.position?.start;
      return text.trim() === "" ? [] : [{ text, line: start?.line ?? 1, offset: start?.offset ?? 0 }];
    }
    case "list":
    case "listItem":
    case "blockquote":
    case "table":
    case "footnoteDefinition":
      return node.children.flatMap(blocksOf);
    default:
      return [];
  }
}

function toPassage(path: string, headings: readonly string[], blocks: readonly Block[]): Passage | undefined {
  const first = blocks[0];
  if (!first) return undefined;
  return {
    path,
    offset: first.offset,
    headings: headings.filter((heading) => heading !== ""),
    sentences: blocks.flatMap((block, index) => sentences(block.text, block.line, index)),
  };
}

function plainText(node: Nodes): string {
  return textOf(node, { includeImageAlt: false, includeHtml: false });
}

function charactersOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => sum + block.text.length, 0);
}

function collapse(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
