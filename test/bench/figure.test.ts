import { describe, expect, test } from "vitest";
import { isMet, ratioAtLeast, ratioAtMost, summarize, valueAtMost } from "./figure.js";

const rounds = { of: {}, foreignCpuSeconds: [0.1, 0, 0], foreignCpuShare: [0.2, 0.1, 0.4] };

describe("a figure", () => {
  test("is the median of its rounds, and its ratio the median of the rounds' ratios", () => {
    const figure = summarize("throughput", rounds, {
      figure: "100 agents",
      unit: "calls/s",
      values: [100, 300, 200],
      yardstick: [10, 10, 10],
      goal: ratioAtLeast(25),
    });
    expect(figure).toMatchObject({ value: 200, yardstick: 10, ratio: 20, target: 25, met: false, rounds: 3 });
    expect(figure.goal).toBe("ratio at least 25");
    expect(figure.spread).toEqual([100, 300]);
    expect(figure.foreignCpuSeconds).toEqual([0.1, 0, 0]);
    expect(figure.foreignCpuShare).toBe(0.2);
  });

  test("without a goal is neither met nor missed", () => {
    const figure = summarize("latency", rounds, { figure: "p99", unit: "ms", values: [1, 2, 3] });
    expect(figure).toMatchObject({ value: 2, yardstick: null, ratio: null, target: null, goal: null, met: null });
  });

  test("that just reaches its goal meets it", () => {
    expect(isMet(ratioAtMost(0.4), 99, 0.4)).toBe(true);
    expect(isMet(ratioAtMost(0.4), 99, 0.41)).toBe(false);
    expect(isMet(valueAtMost(10), 10, null)).toBe(true);
  });

  test("cannot have a goal for a ratio without a yardstick", () => {
    expect(() => isMet(ratioAtLeast(1), 1, null)).toThrow(TypeError);
  });
});
