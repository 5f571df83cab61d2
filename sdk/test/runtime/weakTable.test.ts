import { describe, expect, it } from "vitest";
import { WeakTable } from "../../src/runtime/weakTable.js";
import { collectUntil } from "../gc.js";

describe("a table of objects that something else refers to", () => {
  it("gives what it was given", () => {
    const table = new WeakTable<object>();
    const [a, b] = [{ a: 1 }, { b: 1 }];
    table.set("a", a);
    expect(table.get("a")).toBe(a);
    expect(table.get("b")).toBeUndefined();
    table.set("a", b);
    expect(table.get("a")).toBe(b);
    table.delete("a");
    expect(table.get("a")).toBeUndefined();
    expect(table.size).toBe(0);
  });

  it("forgets what nothing refers to, and says so; not what took its name since", async () => {
    const table = new WeakTable<object>();
    const collected: string[] = [];
    (() => {
      table.set("gone", {}, () => collected.push("gone"));
      table.set("taken", {}, () => collected.push("taken"));
    })();
    const kept = {};
    table.set("taken", kept);
    await collectUntil(() => collected.length === 2);
    expect(collected.toSorted()).toEqual(["gone", "taken"]);
    expect(table.get("gone")).toBeUndefined();
    expect(table.get("taken")).toBe(kept);
    expect(table.size).toBe(1);
  });
});
