import { expect, test } from "vitest";
import { passagesOf } from "../../researchDesk/corpus/passages.js";
import { writeAnswer } from "../../researchDesk/evidence/answer.js";
import { weigh } from "../../researchDesk/evidence/evidence.js";
import { PassageIndex } from "../../researchDesk/retrieval/passageIndex.js";

function answer(question: string, texts: Record<string, string>) {
  const index = new PassageIndex();
  for (const [path, text] of Object.entries(texts)) index.addDocument(passagesOf(path, text));
  const statistics = index.statistics(question);
  return writeAnswer({ question, statistics, subjects: [], ...weigh(index.best(question, statistics, 40)) });
}

const colors =
  "# Colors\n\nIntroduction to it.\n\nDetect whether the terminal supports color. Handled for you, but exposed.\n";

test("a quotation is what the document says about the question, with its path, line and headings", () => {
  const { quotations } = answer("Does the terminal support color?", { "a.md": colors, "b.md": "Nothing about it." });
  expect(quotations).toMatchObject([
    {
      path: "a.md",
      line: 5,
      headings: ["Colors"],
      text: "Detect whether the terminal supports color. Handled for you, but exposed.",
    },
  ]);
});

test("a near-duplicate is quoted once, and its other places are named", () => {
  const { quotations, duplicates } = answer("Does the terminal support color?", { "b.md": colors, "a.md": colors });
  expect(quotations).toMatchObject([{ path: "a.md", alsoIn: [{ path: "b.md" }] }]);
  expect(duplicates).toBe(1);
});

test("the same sentence in two different passages is quoted once", () => {
  const sentence = "A socket that hangs up ends with the error ECONNRESET in every case.";
  const other = (word: string) => Array.from({ length: 40 }, (_, index) => `${word}${index}`).join(" ");
  const { quotations } = answer("Why does a socket hang up?", {
    "a.md": `${other("ocean")}.\n\n${sentence}\n`,
    "b.md": `${other("forest")}.\n\n${sentence}\n`,
  });
  expect(quotations).toMatchObject([{ path: "a.md", line: 3, alsoIn: [{ path: "b.md", line: 3 }] }]);
});

test("labels, questions and lines that only announce something are not quoted", () => {
  const text =
    "- terminal color\n- Does the terminal support any color at all?\n- The colors of a terminal are these:\n";
  expect(answer("terminal color", { "a.md": text }).quotations).toEqual([]);
});

test("one document gives two quotations at most", () => {
  const filler = `This is ${"something else ".repeat(80).trim()}.`;
  const section = (name: string) =>
    `## ${name}\n\nThe ${name} of a server is what makes ${name} ${name} a useful thing to have here.\n\n${filler}\n\n`;
  const text = ["mailbox", "queue", "stream", "pool"].map(section).join("");
  expect(answer("mailbox queue stream pool of a server", { "a.md": text }).quotations).toHaveLength(2);
});

test("a question that no document speaks of has no quotations", () => {
  expect(answer("zebra", { "a.md": colors })).toMatchObject({ quotations: [] });
});
