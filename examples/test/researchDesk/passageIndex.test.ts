import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Passage, passagesOf } from "../../researchDesk/corpus/passages.js";
import { mergeStatistics } from "../../researchDesk/retrieval/corpusStatistics.js";
import { byScore, PassageIndex } from "../../researchDesk/retrieval/passageIndex.js";
import { distinctTerms, words } from "../../researchDesk/retrieval/words.js";

function ask(question: string, shares: readonly (readonly Passage[][])[]) {
  const indexes = shares.map((documents) => {
    const index = new PassageIndex();
    for (const passages of documents) index.addDocument(passages);
    return index;
  });
  const statistics = mergeStatistics(indexes.map((index) => index.statistics(question)));
  return { statistics, best: indexes.flatMap((index) => index.best(question, statistics, 1000)).sort(byScore) };
}

const word = fc.constantFrom(
  "server",
  "agent",
  "message",
  "placeholder",
  "mailbox",
  "stream",
  "color",
  "terminal",
  "the",
);
const documents = fc
  .array(fc.array(word, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 20 })
  .map((texts) => texts.map((text, index) => passagesOf(`${index}.md`, `# ${text[0]}\n\n${text.join(" ")}\n`)));
const question = fc.array(word, { minLength: 1, maxLength: 4 }).map((terms) => terms.join(" "));

test("readers that share a corpus rank it exactly as one reader of all of it does", () => {
  fc.assert(
    fc.property(documents, question, fc.integer({ min: 2, max: 5 }), (corpus, asked, shareCount) => {
      const shares = Array.from({ length: shareCount }, (_, share) =>
        corpus.filter((__, i) => i % shareCount === share),
      );
      const whole = ask(asked, [corpus]);
      const shared = ask(asked, shares);
      expect(shared.statistics).toEqual(whole.statistics);
      expect(shared.best).toEqual(whole.best);
    }),
  );
});

test("the passage about the question comes first, whatever the endings of its words", () => {
  const corpus = [
    passagesOf("a.md", "Servers that stop are restarted."),
    passagesOf("b.md", "Colors in a terminal are detected automatically."),
    passagesOf("c.md", "A terminal shows text."),
  ];
  expect(ask("How does it detect terminal colours or color?", [corpus]).best[0]?.path).toBe("b.md");
});

test("words of the headings count as words of the passage", () => {
  const corpus = [
    passagesOf("a.md", "# Keepalive\n\nIt is on by default."),
    passagesOf("b.md", "# Other\n\nIt is on."),
  ];
  expect(ask("keepalive", [corpus]).best.map((passage) => passage.path)).toEqual(["a.md"]);
});

test("a reader without documents adds nothing", () => {
  const corpus = [passagesOf("a.md", "One server.")];
  expect(ask("server", [corpus, []])).toEqual(ask("server", [corpus]));
});

test("of passages that overlap only the best one is found", () => {
  const filler = (name: string) => `The ${name} ${"is something else ".repeat(30).trim()}.`;
  const text = [filler("first"), "A mailbox keeps the order.", filler("second"), filler("third")].join("\n\n");
  const { best } = ask("mailbox order", [[passagesOf("a.md", text)]]);
  expect(passagesOf("a.md", text)).toHaveLength(2);
  expect(best).toHaveLength(1);
});

test("equal scores stand in the order of their paths and of their places in the file", () => {
  const same = (path: string, first: number) => ({ path, pieces: [], first, last: first, score: 1 });
  const sorted = [same("b", 0), same("a", 9), same("a", 3)].sort(byScore);
  expect(sorted.map(({ path, first }) => [path, first])).toEqual([
    ["a", 3],
    ["a", 9],
    ["b", 0],
  ]);
});

test("words without meaning, single letters and endings are taken off the terms", () => {
  expect(distinctTerms("How do the servers stop a server?")).toEqual(["server", "stop"]);
  expect(distinctTerms("max_pool_size --port node.js")).toEqual(["max", "pool", "size", "port", "node", "js"]);
});

test("words are found where a script writes no spaces", () => {
  expect(words("命令行参数")).toEqual(["命令", "行", "参数"]);
});
