import { expect, test } from "vitest";
import { overlap, passagesOf } from "../../researchDesk/corpus/passages.js";

function pieces(text: string, path = "a.md") {
  return passagesOf(path, text)[0]?.pieces ?? [];
}

test("a sentence knows the headings above it, also where a document leaves a depth out", () => {
  const text = "Zero.\n\n# Tool\n\nOne.\n\n### Use\n\nTwo.\n\n# Other\n\nThree.\n";
  const trails = pieces(text).filter((piece) => piece.kind === "sentence");
  expect(trails.map((piece) => [piece.text, ...piece.headings])).toEqual([
    ["Zero."],
    ["One.", "Tool"],
    ["Two.", "Tool", "Use"],
    ["Three.", "Other"],
  ]);
});

test("markup is taken off: links, emphasis, inline code, images and HTML", () => {
  const text = "Run [`npm test`](https://x.test) **now**, <b>please</b> ![badge](https://x.test/b.svg).\n";
  expect(pieces(text)).toMatchObject([{ text: "Run npm test now, please ." }]);
});

test("code stands apart from the prose; raw HTML and link definitions are left out", () => {
  const text = "Before.\n\n```js\ncode();\n```\n\n<div>\nraw\n</div>\n\n[a]: https://x.test\n\nAfter.\n";
  expect(pieces(text)).toMatchObject([
    { kind: "sentence", text: "Before.", line: 1 },
    { kind: "code", text: "code();\n", line: 3 },
    { kind: "sentence", text: "After.", line: 13 },
  ]);
});

test("list items and table rows are blocks of their own", () => {
  const text = "- one\n- two\n  more\n\n| a | b |\n|---|---|\n| c | d |\n";
  expect(pieces(text).map(({ text: own, line }) => [own, line])).toEqual([
    ["one", 1],
    ["two more", 2],
    ["a · b", 5],
    ["c · d", 7],
  ]);
  expect(new Set(pieces(text).map((piece) => piece.block)).size).toBe(4);
});

test("a sentence knows its line, also in a paragraph of several lines", () => {
  const text = "# T\n\nFirst one\ngoes on. Second\none. Third.\nFourth.\n";
  expect(pieces(text).map(({ text: own, line }) => [own, line])).toEqual([
    ["First one goes on.", 3],
    ["Second one.", 4],
    ["Third.", 5],
    ["Fourth.", 6],
  ]);
});

test("passages slide: one begins with every paragraph, until the rest of the document is in one", () => {
  const paragraph = (name: string) => `${name} ${"word ".repeat(100).trim()}.`;
  const text = ["A", "B", "C", "D"].map(paragraph).join("\n\n## Next\n\n");
  const passages = passagesOf("a.md", text);
  expect(passages.map((passage) => passage.pieces.map((piece) => piece.text.slice(0, 4).trim()))).toEqual([
    ["A wo", "Next", "B wo"],
    ["B wo", "Next", "C wo"],
    ["C wo", "Next", "D wo"],
  ]);
  const [first, second, third] = passages;
  if (!first || !second || !third) throw new Error("three passages were expected");
  expect([overlap(first, second), overlap(first, third)]).toEqual([true, false]);
  expect(overlap(first, { ...second, path: "b.md" })).toBe(false);
});

test("a text file is read as it is: no headings, no code, paragraphs between blank lines", () => {
  const text = "# not a heading\n\n    indented, no code.\n  \nLast one.\n";
  expect(pieces(text, "a.TXT").map(({ kind, text: own, line }) => [kind, own, line])).toEqual([
    ["sentence", "# not a heading", 1],
    ["sentence", "indented, no code.", 3],
    ["sentence", "Last one.", 5],
  ]);
});

test("a file without prose has no passages", () => {
  expect(passagesOf("a.md", "")).toEqual([]);
  expect(passagesOf("a.md", "# Only a heading\n\n---\n\n```js\ncode();\n```\n")).toEqual([]);
});
