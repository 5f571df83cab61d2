import { describe, expect, test } from "vitest";
import { median, pairedRatios, quantile, spread } from "./statistics.js";

describe("statistics of rounds", () => {
  test("the median of an odd number of rounds is the middle one, in whatever order they came", () => {
    expect(median([5, 1, 100, 2, 3])).toBe(3);
  });

  test("the median of an even number of rounds lies between the two in the middle", () => {
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });

  test("numbers are sorted as numbers, not as text", () => {
    expect(median([9, 10, 100])).toBe(10);
  });

  test("a quantile is interpolated, and its ends are the smallest and the largest value", () => {
    const values = [10, 20, 30, 40, 50];
    expect(quantile(values, 0)).toBe(10);
    expect(quantile(values, 1)).toBe(50);
    expect(quantile(values, 0.99)).toBeCloseTo(49.6);
  });

  test("the values given stay in their order", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  test("no rounds have no median and no spread", () => {
    expect(() => median([])).toThrow(RangeError);
    expect(() => spread([])).toThrow(RangeError);
    expect(() => quantile([1], 99)).toThrow(RangeError);
  });

  test("each round is divided by the yardstick of the same round", () => {
    expect(pairedRatios([10, 30], [5, 10])).toEqual([2, 3]);
    expect(() => pairedRatios([1], [1, 2])).toThrow(RangeError);
  });

  test("the median of paired ratios is not moved by a machine that slowed down between rounds", () => {
    const ours = [10, 10, 5, 5, 5];
    const yardstick = [5, 5, 2.5, 2.5, 2.5];
    expect(median(pairedRatios(ours, yardstick))).toBe(2);
  });

  test("the spread is smallest and largest", () => {
    expect(spread([2, 9, 1])).toEqual([1, 9]);
  });
});
