import { expect, test } from "vitest";
import type { WaitStep } from "../../src/protocol/index.js";
import { waitText } from "../../src/terminal/waitText.js";

const step = (because: string): WaitStep => ({
  placeholderId: "caller/1",
  agent: "A",
  server: "127.0.0.1:12001",
  state: "waiting",
  because,
});

test("each step stands below what it holds up", () => {
  expect(waitText("C", ["C waits for the result of B", "B waits for the result of A", "A: runs"].map(step))).toBe(
    `C waits for the result of B  [127.0.0.1:12001]
└ B waits for the result of A  [127.0.0.1:12001]
  └ A: runs  [127.0.0.1:12001]
`,
  );
});

test("without steps it says no more than the daemon knows, and names move no cursor", () => {
  expect(waitText("\u001b[2JAnn", [])).toMatch(/^the daemon knows of no open call of Ann: /);
});
