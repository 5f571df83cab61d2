import { describe, expect, it } from "vitest";
import type { Msg } from "../../src/messages/msg.js";
import { Placeholder } from "../../src/messages/placeholder.js";
import {
  forLoopPipeline,
  ifElsePipeline,
  sequentialPipeline,
  switchPipeline,
  whileLoopPipeline,
} from "../../src/orchestration/pipelines.js";
import { Counter, number } from "./chatters.js";

const one = new Counter({ name: "one" });
const contentOf = async (result: unknown) => ((await result) as Msg).content;
const valueIn = (x: unknown) => Number((x as Msg | undefined)?.content);

describe("pipelines", () => {
  it("run operators one after the other, and await nothing", async () => {
    const result = sequentialPipeline([one, one, one], number(0));
    expect(result).toBeInstanceOf(Placeholder);
    expect(await contentOf(result)).toBe(3);
  });

  it("without operators give the input back", async () => {
    expect(await contentOf(sequentialPipeline([], number(7)))).toBe(7);
  });

  it("choose one of two bodies by the message", async () => {
    const isSmall = (x: unknown) => valueIn(x) < 5;
    const bodies = { ifBody: [one, one], elseBody: one };
    expect(await contentOf(ifElsePipeline(isSmall, bodies, number(1)))).toBe(3);
    expect(await contentOf(ifElsePipeline(isSmall, bodies, number(8)))).toBe(9);
    expect(await contentOf(ifElsePipeline(isSmall, { ifBody: one }, number(8)))).toBe(8);
  });

  it("choose one of several bodies, else the default one", async () => {
    const bodies = { cases: { once: one, twice: [one, one] }, defaultBody: [one, one, one] };
    const name = (which: string) => () => which as "once";
    expect(await contentOf(switchPipeline(name("once"), bodies, number(0)))).toBe(1);
    expect(await contentOf(switchPipeline(name("twice"), bodies, number(0)))).toBe(2);
    expect(await contentOf(switchPipeline(name("toString"), bodies, number(0)))).toBe(3);
  });

  it("loop a number of times, or until a result ends the loop", async () => {
    expect(await contentOf(forLoopPipeline(one, { maxLoop: 4 }, number(0)))).toBe(4);
    const breakFunc = (x: unknown) => valueIn(x) === 2;
    expect(await contentOf(forLoopPipeline([one], { maxLoop: 4, breakFunc }, number(0)))).toBe(2);
  });

  it("loop as long as a condition of the loop's number and the message holds", async () => {
    const seen: number[] = [];
    const condition = (loop: number, x: unknown) => {
      seen.push(loop);
      return valueIn(x) < 3;
    };
    expect(await contentOf(whileLoopPipeline(one, condition, number(0)))).toBe(3);
    expect(seen).toEqual([0, 1, 2, 3]);
  });
});
