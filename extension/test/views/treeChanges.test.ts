import { expect, test, vi } from "vitest";
import { TreeChanges } from "../../src/views/treeChanges.js";

test("what changes all the time is told at once and then at every pause, each row once", async () => {
  vi.useFakeTimers();
  try {
    const told: (string[] | undefined)[] = [];
    const changes = new TreeChanges<string>((nodes) => told.push(nodes), 210);
    changes.add("a");
    changes.add("b");
    await Promise.resolve();
    expect(told).toEqual([["a", "b"]]);
    for (let passed = 0; passed < 200; passed += 50) {
      changes.add("a");
      changes.add("b");
      vi.advanceTimersByTime(50);
    }
    expect(told).toEqual([["a", "b"]]);
    vi.advanceTimersByTime(10);
    expect(told.slice(1)).toEqual([["a", "b"]]);
    changes.add("c");
    changes.add(undefined);
    changes.add("d");
    vi.advanceTimersByTime(210);
    expect(told.slice(2)).toEqual([undefined]);
    vi.advanceTimersByTime(1000);
    changes.add("e");
    await Promise.resolve();
    expect(told.slice(3)).toEqual([["e"]]);
    changes.add("f");
    changes.dispose();
    vi.advanceTimersByTime(1000);
    expect(told).toHaveLength(4);
  } finally {
    vi.useRealTimers();
  }
});
