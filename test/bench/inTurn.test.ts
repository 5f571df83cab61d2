import { describe, expect, test } from "vitest";
import { inTurn } from "./inTurn.js";

describe("measuring in turn", () => {
  test("takes each side once in every round, and forgets the warm-ups", async () => {
    const order: string[] = [];
    const turns: [string, number][] = [];
    const rounds = await inTurn(
      {
        ours: async () => order.push("A"),
        yardstick: async () => order.push("B"),
      },
      { rounds: 3, warmUps: 1, onTurn: (side, round) => turns.push([side, round]) },
    );
    expect(order.join("")).toBe("ABABABAB");
    expect(rounds.of).toEqual({ ours: [3, 5, 7], yardstick: [4, 6, 8] });
    expect(turns.slice(0, 3)).toEqual([
      ["ours", 0],
      ["yardstick", 0],
      ["ours", 1],
    ]);
  });

  test("ends early when there are enough rounds and their time is over", async () => {
    const side = async () => {};
    const enough = { rounds: 2, ms: 0 };
    const early = await inTurn({ side }, { rounds: 5, warmUps: 1, enough });
    expect(early.of.side).toHaveLength(2);
    expect(early.foreignCpuSeconds).toHaveLength(2);
    const all = await inTurn({ side }, { rounds: 5, warmUps: 1, enough: { ...enough, ms: 60_000 } });
    expect(all.of.side).toHaveLength(5);
  });

  test("notes for each round what other processes took", async () => {
    const rounds = await inTurn({ idle: async () => undefined }, { rounds: 2, warmUps: 0 });
    expect(rounds.foreignCpuSeconds).toHaveLength(2);
    for (const share of rounds.foreignCpuShare) expect(share ?? 0).toSatisfy((one: number) => one >= 0 && one <= 1);
  });

  test("a side that fails ends the measuring", async () => {
    const failing = inTurn({ broken: () => Promise.reject(new Error("no server")) }, { rounds: 5, warmUps: 0 });
    await expect(failing).rejects.toThrow("no server");
  });
});
