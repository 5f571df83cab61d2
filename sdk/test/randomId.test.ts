import { expect, it } from "vitest";
import { randomHex, randomUUID } from "../src/randomId.js";

it("as many hex digits come as were asked for, and never the same, however many are taken", () => {
  const taken = new Set(Array.from({ length: 2_000 }, () => randomHex(16)));
  expect(taken.size).toBe(2_000);
  for (const hex of taken) expect(hex).toMatch(/^[0-9a-f]{32}$/);
  expect(randomHex(5)).toHaveLength(10);
});

it("a UUID has the version and the variant of a random one", () => {
  const made = new Set(Array.from({ length: 2_000 }, () => randomUUID()));
  expect(made.size).toBe(2_000);
  for (const id of made) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
