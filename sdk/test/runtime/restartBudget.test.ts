import { describe, expect, it } from "vitest";
import { maxRestarts, RestartBudget, restartWindowMs } from "../../src/runtime/restartBudget.js";

describe("a budget of restarts", () => {
  it("gives the first one at once, later ones ever later, and then none", () => {
    const budget = new RestartBudget();
    const delays = Array.from({ length: maxRestarts + 1 }, (_, index) => budget.next(index));
    expect(delays).toEqual([0, 100, 300, 900, 2700, undefined]);
  });

  it("forgets what was longer ago than its time", () => {
    const budget = new RestartBudget();
    for (let count = 0; count < maxRestarts; count++) budget.next(0);
    expect(budget.next(restartWindowMs - 1)).toBeUndefined();
    expect(budget.next(restartWindowMs)).toBe(0);
  });
});
