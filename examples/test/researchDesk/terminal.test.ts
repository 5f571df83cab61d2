import { expect, test } from "vitest";
import type { Comparison } from "../../researchDesk/comparison.js";
import { answerLines } from "../../researchDesk/terminal/answerLines.js";
import { comparisonLines } from "../../researchDesk/terminal/comparisonLines.js";
import { plain } from "../../researchDesk/terminal/style.js";
import { timeline } from "../../researchDesk/terminal/timeline.js";
import { bytes, plural } from "../../researchDesk/terminal/units.js";
import { wrap } from "../../researchDesk/terminal/wrap.js";
import type { Step, WorkSpan } from "../../researchDesk/workSpan.js";

const style = { columns: 60, paint: plain };

function span(agent: string, step: Step, [startedAt, endedAt]: [number, number]): WorkSpan {
  return { agent, step, startedAt, endedAt, processId: 7, threadId: 0 };
}

test("a text is broken between words, and its other lines stand under the first", () => {
  expect(wrap("one two three four", { columns: 12, lead: "[1] " })).toEqual(["[1] one two", "    three", "    four"]);
  expect(wrap("averyveryverylongword next", { columns: 10, lead: "- " })).toEqual([
    "- averyveryverylongword",
    "  next",
  ]);
});

test("a timeline has a lane for each agent, a mark for its work and its busy time", () => {
  const spans = [
    span("reader 1", "read", [0, 500]),
    span("reader 1", "score", [600, 700]),
    span("critic", "merge", [700, 700.1]),
  ];
  const lines = timeline(spans, { ...style, columns: 50, startedAt: 0, endedAt: 1000, processName: () => "child 7" });
  const cells = (line: string | undefined) => line?.split("|")[1] ?? "";
  const [axis, reader, critic, legend] = lines;
  expect(axis).toMatch(/0 +1\.00 s {2}busy/);
  expect(reader).toMatch(/reader 1 {2}child 7 \|█+·+▒+·+\| 0\.60 s/);
  expect(cells(reader).match(/█/g)?.length).toBe(Math.ceil(cells(reader).length / 2));
  expect(cells(critic).match(/◆/g)?.length).toBe(1);
  expect(cells(critic).indexOf("◆") / cells(critic).length).toBeCloseTo(0.7, 1);
  expect(legend).toContain("◆ merge");
});

test("an answer shows each quotation with its place, and where else it stands", () => {
  const lines = answerLines(
    {
      question: "?",
      quotations: [
        {
          text: "Detect whether the terminal supports color.",
          path: "a.md",
          line: 5,
          headings: ["Colors", "API"],
          alsoIn: [1, 2, 3].map((line) => ({ path: "b.md", line })),
        },
      ],
      documents: 2,
      passages: 1200,
      duplicates: 3,
    },
    style,
  );
  expect(lines).toEqual([
    "  1 quotation from 1,200 passages of 2 documents, 3 near-duplicates merged.",
    "",
    "  [1] “Detect whether the terminal supports color.”",
    "      a.md:5 · Colors › API",
    "      also in b.md:1, b.md:2 and 1 more place",
  ]);
});

test("a model's words stand before the quotations, with what they are about and who said them", () => {
  const words = {
    subjects: ["color", "terminal"],
    summary: "[1] Detect whether the terminal supports color, and then paint.",
    model: { modelType: "ollama_chat", modelName: "small" },
  };
  const quotation = { text: "Detect it.", path: "a.md", line: 5, headings: [], alsoIn: [] };
  const answer = { question: "?", quotations: [quotation], documents: 2, passages: 9, duplicates: 1, words };
  expect(answerLines(answer, style).slice(1, 6)).toEqual([
    "",
    "  about      color, terminal",
    "  in short   [1] Detect whether the terminal supports color,",
    "             and then paint.",
    "             by small",
  ]);
});

test("an answer without quotations says what to try", () => {
  const empty = { question: "?", quotations: [], documents: 1, passages: 1, duplicates: 0 };
  expect(answerLines(empty, style).join(" ")).toMatch(/Nothing in 1 passage of 1 document answers this.*--docs/);
});

test("a small gain is explained, a good one is not", () => {
  const good: Comparison = {
    equal: true,
    localMs: 4000,
    distributedMs: 2200,
    startMs: 300,
    speedUp: 1.82,
    speedUpOfWork: 2.1,
    busyRatio: 1.05,
  };
  const text = (comparison: Comparison) => comparisonLines(comparison, style).join("\n");
  expect(text(good)).toMatch(/4\.00 s +2\.20 s +1\.82 times as fast/);
  expect(text(good)).toMatch(/starting processes +– +0\.30 s +included above/);
  expect(text(good)).not.toMatch(/gain is small/);
  expect(text({ ...good, distributedMs: 1000, startMs: 900, speedUp: 1.1 })).toMatch(/starting processes:\s+more text/);
  expect(text({ ...good, speedUp: 1.1, busyRatio: 1.7 })).toMatch(/1\.7 times as\s+long/);
});

test("amounts are written for people", () => {
  expect([bytes(999), bytes(1_500), bytes(999_600), bytes(1_562_566)]).toEqual([
    "999 bytes",
    "2 kB",
    "1.0 MB",
    "1.6 MB",
  ]);
  expect([plural(1, "file"), plural(1200, "file")]).toEqual(["1 file", "1,200 files"]);
});
