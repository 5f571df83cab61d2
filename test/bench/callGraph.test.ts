import { describe, expect, test } from "vitest";
import { criticalPathMs, randomGraph } from "./callGraph.js";

describe("the critical path", () => {
  test("of the tutorial's graph is A, B or C, D, F; E runs beside them", () => {
    const second = (agent: number, ...inputs: number[]) => ({ agent, durationMs: 1000, inputs });
    expect(criticalPathMs([second(0), second(1, 0), second(2, 0), second(3, 1, 2), second(4), second(5, 3, 4)])).toBe(
      4000,
    );
  });

  test("counts that an agent does one call after the other", () => {
    const call = { agent: 0, durationMs: 10, inputs: [] };
    expect(criticalPathMs([call, call, call])).toBe(30);
  });

  test("a call whose input is late keeps its agent's later calls waiting", () => {
    const calls = [
      { agent: 0, durationMs: 100, inputs: [] },
      { agent: 1, durationMs: 1, inputs: [0] },
      { agent: 1, durationMs: 1, inputs: [] },
    ];
    expect(criticalPathMs(calls)).toBe(102);
  });

  test("of no calls is nothing", () => {
    expect(criticalPathMs([])).toBe(0);
  });
});

describe("a random graph", () => {
  const options = { calls: 1000, agents: 50, seed: 7 };

  test("is the same for the same seed, and another for another", () => {
    expect(randomGraph(options)).toEqual(randomGraph(options));
    expect(randomGraph(options)).not.toEqual(randomGraph({ ...options, seed: 8 }));
  });

  test("has only earlier calls as inputs, and uses all agents", () => {
    const graph = randomGraph(options);
    expect(graph.every((call, index) => call.inputs.every((input) => input >= 0 && input < index))).toBe(true);
    expect(new Set(graph.map((call) => call.agent)).size).toBe(50);
  });

  test("is work for many agents at once, but bound by its dependencies", () => {
    const graph = randomGraph(options);
    const total = graph.reduce((sum, call) => sum + call.durationMs, 0);
    expect(criticalPathMs(graph)).toBeGreaterThan(total / 50);
    expect(criticalPathMs(graph)).toBeLessThan(total / 4);
  });
});
