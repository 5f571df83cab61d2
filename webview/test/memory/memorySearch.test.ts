import { describe, expect, test } from "vitest";
import { everything, matchFrom, MemorySearch } from "../../src/memory/memorySearch.js";
import { record } from "./toldDaemon.js";

const messages = [
  record("The sky is blue"),
  record({ sky: "grey" }, { role: "assistant" }),
  record("nothing", {
    role: "assistant",
    metadata: { toolCalls: [{ id: "1", name: "lookAtSky", input: { city: "Oslo" } }] },
  }),
  record("nothing", { name: "Skyler" }),
];
const find = (query: { text: string; role: string }) => {
  const { count, indexAt, found } = new MemorySearch().find(messages.length, (index) => messages[index], query);
  return { listed: Array.from({ length: count }, (_, place) => indexAt(place)), found };
};

test("without a query everything is listed, and nothing found", () => {
  expect(find(everything)).toEqual({ listed: [0, 1, 2, 3], found: [] });
});

test("text is found in names, contents and calls of tools, however it is written", () => {
  expect(find({ text: " SKY ", role: "" })).toEqual({ listed: [0, 1, 2, 3], found: [0, 1, 2, 3] });
  expect(find({ text: "oslo", role: "" }).found).toEqual([2]);
});

test("of one role, places are those of the list", () => {
  expect(find({ text: "oslo", role: "assistant" })).toEqual({ listed: [1, 2], found: [1] });
});

test("messages that are not known yet are found when they are", () => {
  const search = new MemorySearch();
  const query = { text: "sky", role: "user" };
  expect(search.find(4, () => undefined, query)).toMatchObject({ count: 0, found: [] });
  expect(search.find(4, (index) => messages[index], query)).toMatchObject({ count: 2, found: [0, 1] });
});

describe("from match to match", () => {
  test.each([
    { from: -1, direction: "next" as const, to: 2 },
    { from: 2, direction: "next" as const, to: 5 },
    { from: 9, direction: "next" as const, to: 2 },
    { from: 5, direction: "previous" as const, to: 2 },
    { from: 2, direction: "previous" as const, to: 9 },
  ])("$direction of $from is $to", ({ from, direction, to }) => {
    expect(matchFrom([2, 5, 9], from, direction)).toBe(to);
  });

  test("there is none where nothing was found", () => {
    expect(matchFrom([], 3, "next")).toBeUndefined();
  });
});
