import { expect, test } from "vitest";
import { hourMs, SampleBook } from "../../src/resources/sampleBook.js";
import { eachSecond, minute, sample, second } from "./sample.js";

const told = (series: Record<string, ReturnType<typeof sample>[]>, snapshot = false) => ({
  ...{ kind: "resources" as const, snapshot, series },
});

test("what comes is added, and a snapshot begins anew", () => {
  const book = new SampleBook();
  book.take(told({ a: [sample(1)], b: [sample(1)] }, true), 1);
  book.take(told({ a: [sample(2)] }), 2);
  expect(book.of("a").map(({ atMs }) => atMs)).toEqual([1, 2]);
  book.take(told({ a: [sample(3)] }, true), 3);
  expect(book.of("a").map(({ atMs }) => atMs)).toEqual([3]);
  expect(book.of("b")).toEqual([]);
});

test("samples of a clock that was set back, and those that are told twice, are left out", () => {
  const book = new SampleBook();
  book.take(told({ a: [sample(5), sample(5), sample(4), sample(6)] }), 6);
  book.take(told({ a: [sample(6), sample(2), sample(7)] }), 7);
  expect(book.of("a").map(({ atMs }) => atMs)).toEqual([5, 6, 7]);
});

test("a server that is told of for hours takes no more memory than one that is told of for one", () => {
  const book = new SampleBook();
  for (const one of eachSecond(0, 3 * 3600)) book.take(told({ a: [one] }), one.atMs);
  const samples = book.of("a");
  const lastMs = (3 * 3600 - 1) * second;
  expect(samples.length).toBeLessThan(1000);
  expect(samples.at(-1)?.atMs).toBe(lastMs);
  expect(samples[0]?.atMs).toBeGreaterThanOrEqual(lastMs - hourMs - 3 * minute);
  expect(samples[0]?.atMs).toBeLessThan(lastMs - 59 * minute);
  // The newest as they came, the older ones every ten seconds.
  expect(samples.slice(-300).every(({ atMs }, index) => atMs === lastMs - (299 - index) * second)).toBe(true);
  const apart = samples.slice(1, 100).map(({ atMs }, index) => atMs - (samples[index]?.atMs ?? 0));
  expect(Math.max(...apart)).toBeLessThanOrEqual(11 * second);
});

test("the longest delay of ten seconds stays when they are made one", () => {
  const book = new SampleBook();
  const slowAt = 5 * minute + 3 * second;
  for (const one of eachSecond(0, 20 * 60)) {
    const eventLoopDelayMs = one.atMs === slowAt ? 900 : 1;
    book.take(told({ a: [{ ...one, eventLoopDelayMs }] }), one.atMs);
  }
  const around = book.of("a").filter(({ atMs }) => Math.abs(atMs - slowAt) < 15 * second);
  expect(around.length).toBeLessThan(5);
  expect(Math.max(...around.map(({ eventLoopDelayMs }) => eventLoopDelayMs))).toBe(900);
});

test("servers that left are forgotten", () => {
  const book = new SampleBook();
  book.take(told({ a: [sample(1)], b: [sample(1)] }), 1);
  book.forgetAllBut(new Set(["b"]));
  expect(book.of("a")).toEqual([]);
  expect(book.latest("b")?.atMs).toBe(1);
});
