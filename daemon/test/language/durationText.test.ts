import { expect, test } from "vitest";
import { durationText } from "../../src/language/calls/durationText.js";

test.each([
  [0, "< 1 ms"],
  [1, "1 ms"],
  [94, "94 ms"],
  [95, "0.1 s"],
  [1234, "1.2 s"],
  [9_950, "10 s"],
  [185_000, "3 min 5 s"],
  [7_800_000, "2 h 10 min"],
])("%d ms reads %s", (ms, text) => {
  expect(durationText(ms)).toBe(text);
});
