import { expect, test } from "vitest";
import { groupNearDuplicates, shingles } from "../../researchDesk/evidence/nearDuplicates.js";

const text =
  "Detect whether the terminal supports color. Used internally and handled for you, but exposed for convenience to " +
  "programs that print their own colors.";

function groups(...texts: string[]) {
  return groupNearDuplicates(texts, (each) => each).map((group) => group.length);
}

test("equal texts are one group, also when case and punctuation differ", () => {
  expect(groups(text, text.toUpperCase().replaceAll(".", " !"))).toEqual([2]);
});

test("a text with a few other words is a near-duplicate, another text is not", () => {
  expect(groups(text, text.replace("programs", "all applications"))).toEqual([2]);
  expect(
    groups(text, "The package will detect whether your terminal can use colors and disable them otherwise."),
  ).toEqual([1, 1]);
});

test("a text that stands whole in a longer one is a near-duplicate of it", () => {
  expect(
    groups(`${text} ${"And much more that has nothing to do with it follows in this one. ".repeat(4)}`, text),
  ).toEqual([2]);
});

test("the first of a group is the best one, and the others follow in their order", () => {
  const items = [
    { id: "best", text },
    { id: "other", text: "Something else that is said in words of its own." },
    { id: "worse", text: `${text} Really.` },
  ];
  const ids = groupNearDuplicates(items, (item) => item.text).map((group) => group.map((item) => item.id));
  expect(ids).toEqual([["best", "worse"], ["other"]]);
});

test("texts shorter than a shingle are compared whole", () => {
  expect(shingles("Only two")).toEqual(new Set(["only two"]));
  expect(groups("Only two", "only two", "two only", "", "…")).toEqual([2, 1, 2]);
});
