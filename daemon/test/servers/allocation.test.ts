import type { AllocationItem } from "agentscope-distributed/studio";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Allocator, type Candidate } from "../../src/servers/allocation.js";

const item: AllocationItem = { className: "Echo", builtIn: true };
const server = (agents: number, index: number): Candidate => ({
  serverId: `s${index}`,
  host: "127.0.0.1",
  port: 1 + index,
  agents,
  cpuPercent: 0,
});

/** How many of a batch each server gets. */
function shares(allocator: Allocator, candidates: Candidate[], count: number): number[] {
  const places = allocator.place(
    Array.from({ length: count }, () => item),
    () => ({ candidates, reason: "none" }),
  );
  return candidates.map(
    ({ serverId }) => places.filter((place) => place.kind === "server" && place.serverId === serverId).length,
  );
}

test("a batch fills the least loaded first: those that get any end within one agent of each other, and below the others", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(50), { minLength: 1, maxLength: 12 }),
      fc.array(fc.nat(40), { minLength: 1, maxLength: 4 }),
      (loads, batches) => {
        const allocator = new Allocator(() => 0);
        const candidates = loads.map(server);
        const given = loads.map(() => 0);
        for (const count of batches) {
          shares(allocator, candidates, count).forEach((share, index) => (given[index] = (given[index] ?? 0) + share));
        }
        expect(given.reduce((a, b) => a + b, 0)).toBe(batches.reduce((a, b) => a + b, 0));
        const ends = loads.map((load, index) => load + (given[index] ?? 0));
        const filled = ends.filter((_, index) => (given[index] ?? 0) > 0);
        if (filled.length === 0) return;
        expect(Math.max(...filled) - Math.min(...filled)).toBeLessThanOrEqual(1);
        const left = ends.filter((_, index) => given[index] === 0);
        for (const end of left) expect(end).toBeGreaterThanOrEqual(Math.max(...filled) - 1);
      },
    ),
  );
});

test("only candidates are chosen, and without any the reason is told", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5), { maxLength: 6 }), fc.nat(20), (loads, count) => {
      const candidates = loads.map(server);
      const places = new Allocator().place(
        Array.from({ length: count }, () => item),
        () => ({ candidates, reason: "none is there" }),
      );
      expect(places).toHaveLength(count);
      const isRight = places.every((place) =>
        candidates.length === 0
          ? place.kind === "child" && place.reason === "none is there"
          : place.kind === "server" && candidates.some(({ serverId }) => serverId === place.serverId),
      );
      expect(isRight).toBe(true);
    }),
  );
});

test("agents on their way count until they arrive, or do not come for long", () => {
  let nowMs = 0;
  const allocator = new Allocator(() => nowMs);
  const candidates = [server(0, 0), server(0, 1)];
  shares(allocator, candidates, 5);
  expect(allocator.onTheWay("s0") + allocator.onTheWay("s1")).toBe(5);
  const before = allocator.onTheWay("s0");
  allocator.arrived("s0", 2);
  expect(allocator.onTheWay("s0")).toBe(before - 2);
  allocator.arrived("s0", 100);
  expect(allocator.onTheWay("s0")).toBe(0);
  nowMs = 10_001;
  expect(allocator.onTheWay("s1")).toBe(0);
});

test("of equally loaded servers the one that computes less is taken", () => {
  const [busy, idle] = [{ ...server(1, 0), cpuPercent: 90 }, server(1, 1)];
  expect(shares(new Allocator(), [busy, idle], 1)).toEqual([0, 1]);
});
