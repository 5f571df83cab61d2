import { expect, test } from "vitest";
import { runExample } from "./runExample.js";

test("two agents say the same to each other locally, in child processes and on a server", {
  timeout: 30_000,
}, async () => {
  const { code, stdout, stderr } = await runExample("conversation/main.js");
  expect(code, stderr).toBe(0);
  const dialog = "50 → lower, 25 → higher, 37 → higher, 43 → lower, 40 → higher, 41 → higher, 42 → exit";
  expect(stdout.trim().split("\n")).toEqual([
    `local: ${dialog}`,
    `child processes: ${dialog}`,
    `agent server: ${dialog}`,
  ]);
});
