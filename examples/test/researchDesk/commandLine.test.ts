import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DEFAULT_QUESTION, parseCommandLine } from "../../researchDesk/commandLine.js";

let complaint = "";

beforeEach(() => {
  complaint = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    complaint += String(text);
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

test("without options there is a question, and the documents are the repository's", () => {
  expect(parseCommandLine([])).toMatchObject({ question: DEFAULT_QUESTION, json: false });
  expect(parseCommandLine([]).docs).toBeUndefined();
  expect(parseCommandLine([]).readers).toBeGreaterThanOrEqual(2);
});

test("options are read: several folders, a question, a number of readers", () => {
  const argv = ["--docs", "a", "b", "--question", " Why color? ", "--readers", "3", "--json"];
  expect(parseCommandLine(argv)).toMatchObject({ docs: ["a", "b"], question: "Why color?", readers: 3, json: true });
});

test.each([
  [["--question", "  "], /--question.*empty.*Ask something/],
  [["--question", "how do you?"], /no word to search for/],
  [["--readers", "two"], /--readers.*'two' is invalid.*whole number from 1 to 64/],
  [["--readers", "0"], /whole number/],
  [["--readers", "1.5"], /whole number/],
  [["folder"], /too many arguments/],
  [["--folder", "x"], /unknown option '--folder'/],
])("%j is refused with a sentence that names the option", (argv, expected) => {
  expect(() => parseCommandLine(argv)).toThrow();
  expect(complaint).toMatch(expected);
});
