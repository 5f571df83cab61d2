import { expect, test } from "vitest";
import { runExample } from "./runExample.js";

test("B and C work at the same time, E at once, and all take as long as the longest path", {
  timeout: 30_000,
}, async () => {
  const { code, stdout, stderr } = await runExample("graph/main.js");
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^F\(D\(B\(A\), C\(A\)\), E\)\n/);
  const start = (name: string) => Number(new RegExp(`^${name} \\|.*\\| ([\\d.]+) s`, "m").exec(stdout)?.[1]);
  expect(start("A")).toBeLessThan(0.5);
  expect(start("E")).toBeLessThan(0.5);
  expect(Math.abs(start("B") - start("C"))).toBeLessThan(0.5);
  expect(start("B")).toBeGreaterThanOrEqual(1);
  expect(start("D")).toBeGreaterThanOrEqual(2);
  const [, took, oneByOne] = /([\d.]+) s; one after the other it would be ([\d.]+) s/.exec(stdout) ?? [];
  expect(Number(took)).toBeLessThan(5);
  expect(Number(oneByOne)).toBeGreaterThanOrEqual(6);
});
