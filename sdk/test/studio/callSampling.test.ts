import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CallSampling } from "../../src/studio/callSampling.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

/** Which of the calls of a while are told of, at so many calls in a tenth of a second. */
function toldOf(
  sampling: CallSampling,
  { windows, calls, busy = 0 }: { windows: number; calls: number; busy?: number },
) {
  const told: number[][] = [];
  let seq = 1;
  for (let window = 0; window < windows; window++) {
    const taken: number[] = [];
    for (let call = 0; call < calls; call++, seq++) if (sampling.takes(seq)) taken.push(seq);
    told.push(taken);
    vi.advanceTimersByTime(100);
    sampling.adapt(busy);
  }
  return told;
}

describe("the choice of calls that are told of", () => {
  it("takes all as long as there are few", () => {
    const told = toldOf(new CallSampling(), { windows: 50, calls: 90 });
    expect(told.flat()).toHaveLength(50 * 90);
  });

  it("takes all of thousands that are made at once after a while with few", () => {
    const sampling = new CallSampling();
    toldOf(sampling, { windows: 30, calls: 10 });
    expect(toldOf(sampling, { windows: 1, calls: 1900 }).flat()).toHaveLength(1900);
  });

  it("takes about as many of a flood as may be told on and on", () => {
    const told = toldOf(new CallSampling(), { windows: 100, calls: 20_000 }).slice(50);
    const perWindow = told.flat().length / told.length;
    expect(perWindow).toBeGreaterThan(80);
    expect(perWindow).toBeLessThan(320);
    expect(Math.max(...told.map(({ length }) => length))).toBeLessThan(700);
  });

  it("takes less of a flood where the thread has no time to tell of it", () => {
    const told = toldOf(new CallSampling(), { windows: 200, calls: 20_000, busy: 1 }).slice(150);
    const perWindow = told.flat().length / told.length;
    expect(perWindow).toBeGreaterThan(8);
    expect(perWindow).toBeLessThan(45);
  });

  it("takes at the end with more to do a part of what it takes at the other", () => {
    const [busy, idle] = [new CallSampling(), new CallSampling()];
    // The busy one takes calls of others, too, which have numbers of their own.
    toldOf(busy, { windows: 60, calls: 20_000 });
    const both = new Set(toldOf(idle, { windows: 20, calls: 100 }).flat());
    const part = toldOf(busy, { windows: 20, calls: 100 }).flat();
    expect(part.length).toBeGreaterThan(0);
    expect(part.filter((seq) => !both.has(seq))).toEqual([]);
  });

  it("takes no more while too many that it has taken are open", () => {
    const sampling = new CallSampling();
    sampling.open = 50_000;
    expect(toldOf(sampling, { windows: 1, calls: 10 }).flat()).toEqual([]);
    sampling.open--;
    expect(toldOf(sampling, { windows: 1, calls: 10 }).flat()).toHaveLength(10);
  });
});
