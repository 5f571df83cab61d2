import { afterEach, expect, test } from "vitest";
import { Listeners } from "../../src/daemon/listeners.js";
import { LiveAgents } from "../../src/scripts/liveAgents.js";
import { until } from "../until.js";

let live: LiveAgents | undefined;
afterEach(() => live?.dispose());

/** What a daemon would answer, at the protocol's boundary. */
function counting(answer: () => Record<string, number>) {
  const asked: string[][] = [];
  const changed = new Listeners<never>();
  const client = {
    request: (_type: unknown, { classNames }: { classNames: string[] }) => {
      asked.push(classNames);
      return Promise.resolve().then(answer);
    },
  };
  live = new LiveAgents(client as never, { changed } as never);
  return { live, asked, news: () => changed.tell(undefined as never) };
}

test("classes are counted together once somebody asks, and again with news, and changes alone are told", async () => {
  let echoes = 2;
  const { live: counts, asked, news } = counting(() => ({ Echo: echoes, Judge: 0 }));
  let told = 0;
  counts.changed.on(() => (told += 1));
  news();
  expect([counts.of("Echo"), counts.of("Judge")]).toEqual([undefined, undefined]);
  await until(() => told === 1, { timeoutMs: 5_000, what: "the first counts" });
  expect(asked).toEqual([["Echo", "Judge"]]);
  expect([counts.of("Echo"), counts.of("Judge")]).toEqual([2, 0]);
  news();
  await until(() => asked.length === 2, { timeoutMs: 5_000, what: "another question" });
  echoes = 3;
  news();
  await until(() => counts.of("Echo") === 3, { timeoutMs: 5_000, what: "the other count" });
  expect(told).toBe(2);
});

test("without a daemon nothing is known", async () => {
  let isThere = true;
  const { live: counts, news } = counting(() => {
    if (!isThere) throw new Error("down");
    return { Echo: 1 };
  });
  counts.of("Echo");
  await until(() => counts.of("Echo") === 1, { timeoutMs: 5_000, what: "a count" });
  isThere = false;
  news();
  await until(() => counts.of("Echo") === undefined, { timeoutMs: 5_000, what: "no count" });
  expect(counts.of("Echo")).toBeUndefined();
});

test("classes whose lenses are gone are not asked for any more", async () => {
  const { live: counts, asked, news } = counting(() => ({ Echo: 1 }));
  counts.of("Echo");
  counts.of("Judge");
  await until(() => asked.length === 1, { timeoutMs: 5_000, what: "a question" });
  counts.keep(new Set(["Echo"]));
  news();
  await until(() => asked.length === 2, { timeoutMs: 5_000, what: "another question" });
  expect(asked[1]).toEqual(["Echo"]);
});
