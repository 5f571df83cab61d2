import { expect, test } from "vitest";
import { oneLine, printable } from "../../src/terminal/printable.js";
import { duration } from "../../src/terminal/quantities.js";
import { table } from "../../src/terminal/table.js";

test("columns are as wide as what stands in them, numbers to the right, and empty columns are left out", () => {
  const text = table(
    [
      { heading: "NAME", value: (row: { name: string; count: number }) => row.name },
      { heading: "COUNT", value: (row) => String(row.count), align: "right" },
      { heading: "EMPTY", value: () => "" },
    ],
    [
      { name: "Ann", count: 5 },
      { name: "Benjamin", count: 12_345 },
    ],
  );
  expect(text).toBe("NAME      COUNT\nAnn           5\nBenjamin  12345\n");
});

test("wide letters take two places", () => {
  const text = table(
    [
      { heading: "N", value: (row: string) => row },
      { heading: "X", value: () => "x" },
    ],
    ["研究", "ab"],
  );
  expect(text).toBe("N     X\n研究  x\nab    x\n");
});

test("what others wrote can't move the cursor, colour the terminal, or turn a line round", () => {
  expect(printable("\u001b[31mred\u001b[0m\u001b]0;title\u0007 a\rb\u0008c\u202edef")).toBe("red abcdef");
  expect(printable("one\r\ntwo\tthree")).toBe("one\ntwo\tthree");
  expect(oneLine("  a\n\n b ", 80)).toBe("a b");
  expect(oneLine("x".repeat(100), 10)).toBe("xxxxxxxxx…");
});

test.each([
  [0, "0 ms"],
  [999, "999 ms"],
  [12_400, "12 s"],
  [600_000, "10 min"],
  [7_200_000, "2 h"],
  [400_000_000, "5 d"],
])("%i ms are %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});
