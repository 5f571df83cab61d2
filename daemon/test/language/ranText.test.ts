import * as fc from "fast-check";
import { expect, test } from "vitest";
import { lineMap } from "../../src/language/ranText.js";

const lines = fc.array(fc.constantFrom("a", "b", "c", "", "  x()"), { maxLength: 12 });

test("a line that stands before or after all changes is found where it is now", () => {
  const map = lineMap(["a", "b", "c", "d"], ["a", "new", "newer", "c", "d"]);
  expect([0, 1, 2, 3].map(map)).toEqual([0, undefined, 3, 4]);
  expect(map(4)).toBeUndefined();
  expect(map(-1)).toBeUndefined();
});

test("in any two texts a line is found as itself or not at all, and no two lines in one place", () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const map = lineMap(before, after);
      const places = before.map((_, line) => map(line)).filter((line) => line !== undefined);
      const kept = before.flatMap((text, line) => (map(line) === undefined ? [] : [{ text, now: map(line) ?? -1 }]));
      expect(kept.map(({ now }) => after[now])).toEqual(kept.map(({ text }) => text));
      expect(new Set(places).size).toBe(places.length);
    }),
  );
});

test("what stands around one edit is found", () => {
  const repeated = (text: string) => fc.array(fc.constant(text), { maxLength: 5 });
  fc.assert(
    fc.property(
      fc.record({ head: lines, was: repeated("was"), is: repeated("is"), tail: lines }),
      ({ head, was, is, tail }) => {
        const map = lineMap([...head, ...was, ...tail], [...head, ...is, ...tail]);
        for (let line = 0; line < head.length; line++) expect(map(line)).toBe(line);
        for (let line = 0; line < tail.length; line++) {
          expect(map(head.length + was.length + line)).toBe(head.length + is.length + line);
        }
      },
    ),
  );
});
