import { expect, test } from "vitest";
import { passagesOf } from "../../researchDesk/corpus/passages.js";

function textsOf(text: string, path = "a.md") {
  return passagesOf(path, text).map((passage) => passage.sentences.map((sentence) => sentence.text));
}

test("a passage is the prose under one heading, with the trail of headings above it", () => {
  const [first, second, third] = passagesOf("a.md", "# Tool\n\nOne.\n\n## Use\n\nTwo.\n\n# Other\n\nThree.\n");
  expect(first?.headings).toEqual(["Tool"]);
  expect(second?.headings).toEqual(["Tool", "Use"]);
  expect(third?.headings).toEqual(["Other"]);
});

test("markup is taken off: links, emphasis, inline code, images and HTML", () => {
  const text = "Run [`npm test`](https://x.test) **now**, <b>please</b> ![badge](https://x.test/b.svg).\n";
  expect(textsOf(text)).toEqual([["Run npm test now, please ."]]);
});

test("code blocks, raw HTML and link definitions are left out", () => {
  expect(textsOf("Before.\n\n```js\ncode();\n```\n\n<div>\nraw\n</div>\n\n[a]: https://x.test\n\nAfter.\n")).toEqual([
    ["Before.", "After."],
  ]);
});

test("list items and table rows are blocks of their own", () => {
  const [passage] = passagesOf("a.md", "- one\n- two\n\n| a | b |\n|---|---|\n| c | d |\n");
  expect(passage?.sentences).toMatchObject([
    { text: "one", block: 0 },
    { text: "two", block: 1 },
    { text: "a · b", block: 2 },
    { text: "c · d", block: 3 },
  ]);
});

test("a sentence knows its line, also in a paragraph of several lines", () => {
  const [passage] = passagesOf("a.md", "# T\n\nFirst one\ngoes on. Second\none. Third.\nFourth.\n");
  expect(passage?.offset).toBe(5);
  expect(passage?.sentences.map(({ text, line }) => [text, line])).toEqual([
    ["First one goes on.", 3],
    ["Second one.", 4],
    ["Third.", 5],
    ["Fourth.", 6],
  ]);
});

test("a long section becomes several passages, cut between its paragraphs", () => {
  const paragraph = `${"word ".repeat(80).trim()}.`;
  const passages = passagesOf("a.md", `# T\n\n${[paragraph, paragraph, paragraph].join("\n\n")}\n`);
  expect(passages).toHaveLength(3);
  expect(new Set(passages.map((passage) => passage.offset)).size).toBe(3);
});

test("a text file is read as it is: no headings, no code, paragraphs between blank lines", () => {
  const text = "# not a heading\n\n    indented, no code.\n  \nLast one.\n";
  const [passage] = passagesOf("a.txt", text);
  expect(passage?.headings).toEqual([]);
  expect(passage?.sentences).toEqual([
    { text: "# not a heading", line: 1, block: 0 },
    { text: "indented, no code.", line: 3, block: 1 },
    { text: "Last one.", line: 5, block: 2 },
  ]);
});

test("a file without prose has no passages", () => {
  expect(textsOf("")).toEqual([]);
  expect(textsOf("# Only a heading\n\n---\n")).toEqual([]);
});
