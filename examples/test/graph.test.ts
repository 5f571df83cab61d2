import { expect, test } from "vitest";
import { runExample } from "./runExample.js";

test("B and C work at the same time, E at once, and all take as long as the longest path", {
  timeout: 30_000,
}, async () => {
  const { code, stdout, stderr } = await runExample("graph/main.js");
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^F\(D\(B\(A\), C\(A\)\), E\)\n/);
  const start = (name: string) => Number(new RegExp(`^${name} \\|.*\\| ([\\d.]+) s`, "m").exec(stdout)?.[1]);
  // By a good margin, since the processes share the machine with others; one step takes 1 s.
  expect(start("E")).toBeLessThan(start("B"));
  expect(Math.abs(start("B") - start("C"))).toBeLessThan(0.9);
  expect(start("D")).toBeGreaterThanOrEqual(Math.max(start("B"), start("C")) + 0.9);
  const [, took, oneByOne] = /([\d.]+) s; one after the other it would be ([\d.]+) s/.exec(stdout) ?? [];
  expect(Number(took)).toBeLessThan(Number(oneByOne) - 1);
});
