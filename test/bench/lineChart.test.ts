import { expect, test } from "vitest";
import { lineChart } from "./lineChart.js";

const chart = lineChart({
  title: "Seconds & agents",
  xName: "agents",
  yName: "seconds",
  lines: [
    {
      name: "one process",
      points: [
        { x: 100, y: 1 },
        { x: 1_000, y: 10 },
        { x: 10_000, y: 100 },
      ],
    },
    { name: "serial", points: [{ x: 100, y: 0.5 }], dashed: true },
  ],
});

function pointsOf(svg: string): number[][] {
  const [, points = ""] = /<polyline points="([^"]+)"/.exec(svg) ?? [];
  return points.split(" ").map((point) => point.split(",").map(Number));
}

test("a value ten times as large is as far away everywhere, and what grows in proportion is straight", () => {
  const [[x1 = 0, y1 = 0] = [], [x2 = 0, y2 = 0] = [], [x3 = 0, y3 = 0] = []] = pointsOf(chart);
  expect(x3 - x2).toBeCloseTo(x2 - x1, 0);
  expect(y2 - y3).toBeCloseTo(y1 - y2, 0);
  expect(y3).toBeLessThan(y1);
});

test("the grid has a line for each power of ten from the smallest value to the largest", () => {
  const ticks = [...chart.matchAll(/data-tick="([^"]+)"/g)].map(([, tick]) => Number(tick));
  expect(ticks).toEqual([100, 1_000, 10_000, 0.1, 1, 10, 100]);
});

test("lines are named, reckoned ones have gaps, and no text is taken for a tag", () => {
  expect(chart).toContain(">one process</text>");
  expect(chart).toMatch(/stroke-dasharray[^]*>serial<\/text>/);
  expect(chart).toContain("Seconds &amp; agents");
});
