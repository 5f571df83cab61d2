import { expect, it } from "vitest";
import { printable } from "../../src/person/printable.js";

it("text that only shows stays", () => {
  expect(printable("Grüße,\n\t日本 👩‍🚀 \u200d–")).toBe("Grüße,\n\t日本 👩‍🚀 \u200d–");
});

it("what would move the cursor, change colours or set a title is left out", () => {
  expect(printable("\u001b[31mred\u001b[0m\u001b[2J\u0007\b\u009b1A")).toBe("red");
  expect(printable("\u001b]0;title\u0007rest")).toBe("rest");
  expect(printable("a\r\nb\rc")).toBe("a\nb\nc");
});

it("anything that is no text becomes one", () => {
  expect(printable(undefined)).toBe("undefined");
  expect(printable({})).toBe("[object Object]");
});
