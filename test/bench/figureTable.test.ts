import { describe, expect, test } from "vitest";
import type { Figure } from "./figure.js";
import { figureTable, markdownTable, shortNumber } from "./figureTable.js";

const throughput: Figure = {
  bench: "throughput",
  figure: "100 agents",
  value: 180123.4,
  unit: "calls/s",
  yardstick: 7000,
  ratio: 25.731,
  target: 25,
  goal: "ratio at least 25",
  met: true,
  rounds: 5,
  spread: [170000, 190000],
  foreignCpuSeconds: [0.01, 0.02],
  foreignCpuShare: 0.034,
};

describe("the table of figures", () => {
  test("shows value, yardstick, ratio, goal and whether it was met", () => {
    const [head, , row] = figureTable([throughput]).split("\n");
    expect(head).toMatch(/^bench +figure +value +unit +yardstick +ratio +goal +met +others$/);
    expect(row).toMatch(/^throughput +100 agents +180,123 +calls\/s +7,000 +25\.7 +ratio at least 25 +met +3%$/);
  });

  test("names a bench once, and leaves empty what a figure does not have", () => {
    const shown = {
      ...throughput,
      figure: "1 agent",
      yardstick: null,
      ratio: null,
      goal: null,
      target: null,
      met: null,
    };
    const rows = figureTable([throughput, { ...shown, foreignCpuShare: null }]).split("\n");
    expect(rows[3]).toMatch(/^ +1 agent +180,123 +calls\/s$/);
  });

  test("is the same for a page of Markdown", () => {
    const [head, , row] = markdownTable([throughput]).split("\n");
    expect(head).toBe("| bench | figure | ours | yardstick | ratio | goal | reached | others |");
    expect(row).toBe("| `throughput` | 100 agents | 180,123 calls/s | 7,000 calls/s | 25.7 | ratio ≥ 25 | yes | 3% |");
  });

  test("a missed goal is loud", () => {
    expect(figureTable([{ ...throughput, met: false }])).toContain("MISSED");
  });

  test("numbers have three significant digits", () => {
    expect([0.04567, 1.234, 99.95, 1234567].map(shortNumber)).toEqual(["0.0457", "1.23", "100", "1,234,567"]);
  });
});
