import { expect, test } from "vitest";
import { memoryText } from "../../src/memory/memoryText.js";

const message = (content: unknown, more = {}) => ({
  ...{ id: "1", name: "Anna", role: "user", content, timestamp: "2026-01-02 03:04:05" },
  ...more,
});

test("a memory is Markdown, message by message", () => {
  const text = memoryText("Dora", [
    message("hello"),
    message({ a: 1 }, { name: "D\n# ora", url: ["https://a.test/b.png"], metadata: { k: 2 } }),
  ]);
  expect(text).toBe(`# Memory of Dora

## Anna (user, 2026-01-02 03:04:05)

hello

## D # ora (user, 2026-01-02 03:04:05)

\`\`\`json
{
  "a": 1
}
\`\`\`

<https://a.test/b.png>

\`\`\`json
{
  "k": 2
}
\`\`\`
`);
});

test("one more message adds lines at the end, and changes none", () => {
  const before = memoryText("Dora", [message("hello")]);
  expect(memoryText("Dora", [message("hello"), message("again")]).startsWith(before)).toBe(true);
});

test("an empty memory says so", () => {
  expect(memoryText("Dora", [])).toBe("# Memory of Dora\n\nNothing yet.\n");
});
