import type { AgentBrief } from "agentscope-distributed/studio";
import { describe, expect, test } from "vitest";
import { AgentIndex } from "../../src/servers/agentIndex.js";

const briefs = (count: number, prefix = "a"): AgentBrief[] =>
  Array.from({ length: count }, (_, index) => [`${prefix}${index}`, `Agent ${index}`, "Echo", "maker"]);

function indexOf(servers: Record<string, AgentBrief[]>, maxLost?: number): AgentIndex {
  const index = new AgentIndex({
    runOf: (instance) => (instance === "maker" ? "run-1" : undefined),
    ...(maxLost !== undefined && { maxLost }),
  });
  for (const [serverId, made] of Object.entries(servers)) index.take(serverId, { all: true, made, deleted: [] });
  return index;
}

const ids = (index: AgentIndex, query: Parameters<AgentIndex["list"]>[0]) =>
  index.list(query).rows.map(({ agentId }) => agentId);

describe("pages", () => {
  test("run on from server to server, in the order of making", () => {
    const index = indexOf({ one: briefs(3), two: briefs(3, "b") });
    expect(index.list({ offset: 2, limit: 2 })).toMatchObject({ total: 6, offset: 2 });
    expect(ids(index, { offset: 2, limit: 2 })).toEqual(["a2", "b0"]);
    expect(ids(index, { offset: 5, limit: 10 })).toEqual(["b2"]);
    expect(ids(index, { offset: 1, limit: 1, serverId: "two" })).toEqual(["b1"]);
    expect(index.list({ offset: 0, limit: 9, serverId: "none" })).toEqual({ total: 0, offset: 0, rows: [] });
  });

  test("a filter is part of a name or a class in any case, or of an id, and is no pattern", () => {
    const index = indexOf({
      one: [
        ["1", "Anna", "Echo", "m"],
        ["2", "Bob (old)", "Echo", "m"],
        ["anna-3", "Cy", "Judge", "m"],
      ],
    });
    const found = (filter: string) => ids(index, { offset: 0, limit: 9, filter });
    expect(found("ANNA")).toEqual(["1"]);
    expect(found("anna")).toEqual(["1", "anna-3"]);
    expect(found("echo")).toEqual(["1", "2"]);
    expect(found("(old)")).toEqual(["2"]);
    expect(found(".*")).toEqual([]);
    expect(index.list({ offset: 1, limit: 1, filter: "echo" })).toMatchObject({ total: 2, rows: [{ agentId: "2" }] });
  });

  test("a filter finds one among many, wherever it stands, and none that has gone or has another name by now", () => {
    const index = indexOf({ one: briefs(1000), two: briefs(500, "ID-b") });
    const found = (filter: string) => ids(index, { offset: 0, limit: 9, filter });
    expect(found("agent 777")).toEqual(["a777"]);
    expect(found("Agent 499")).toEqual(["a499", "ID-b499"]);
    expect(found("ID-b64")).toEqual(["ID-b64"]);
    expect(found("id-b64")).toEqual([]);
    index.take("one", { made: [["a777", "Renamed", "Echo", "maker"]], deleted: ["a499"] });
    expect([found("agent 777"), found("renamed"), found("Agent 499")]).toEqual([[], ["a777"], ["ID-b499"]]);
    index.lose("two");
    expect(found("Agent 499")).toEqual(["ID-b499"]);
  });

  test("of a maker, those are counted that live, whatever came of the others", () => {
    const index = indexOf({ one: briefs(3), two: briefs(2, "b") });
    index.take("one", { made: [["a0", "Again", "Echo", "maker"]], deleted: ["a1", "unknown"] });
    index.take("two", { made: [["b0", "Of another", "Echo", "other"]], deleted: [] });
    expect(index.countByMaker()).toEqual(
      new Map([
        ["maker", 3],
        ["other", 1],
      ]),
    );
    index.lose("two");
    expect(index.countByMaker()).toEqual(new Map([["maker", 2]]));
    index.take("one", { all: true, made: [["c", "C", "Echo", "other"]], deleted: [] });
    expect(index.countByMaker()).toEqual(new Map([["other", 1]]));
  });

  test("of a class, those are counted that live, on all servers", () => {
    const index = indexOf({
      one: briefs(3),
      two: [...briefs(2, "b"), ["c", "C", "EchoTwice", "m"]],
      three: briefs(4, "d"),
    });
    index.lose("three");
    expect([index.countOfClass("Echo"), index.countOfClass("EchoTwice"), index.countOfClass("Ech")]).toEqual([5, 1, 0]);
  });

  test("agents are those of the run whose script made them", () => {
    const index = indexOf({ one: [...briefs(1), ["x", "X", "Echo", "another maker"]] });
    expect(index.list({ offset: 0, limit: 9 }).rows.map(({ runId }) => runId)).toEqual(["run-1", undefined]);
    expect(ids(index, { offset: 0, limit: 9, runId: "run-1" })).toEqual(["a0"]);
  });
});

describe("agents that are gone with their server", () => {
  test("stay as lost ones with their run, after those that live", () => {
    const index = indexOf({ one: briefs(2) });
    expect(index.lose("one")).toBe(2);
    index.take("one", { all: true, made: [["new", "New", "Echo", ""]], deleted: [] });
    expect(index.list({ offset: 0, limit: 9 }).rows.map(({ agentId, lost, runId }) => [agentId, lost, runId])).toEqual([
      ["new", false, undefined],
      ["a0", true, "run-1"],
      ["a1", true, "run-1"],
    ]);
    expect(index.size("one")).toBe(1);
  });

  test("are no longer lost when they are made again, deleted, or forgotten", () => {
    const index = indexOf({ one: briefs(3) });
    index.lose("one");
    index.take("one", { made: briefs(1), deleted: [] });
    expect(index.find("one", "a0")).toMatchObject({ lost: false });
    expect([index.forgetLost("one", "a1"), index.forgetLost("one", "a1")]).toEqual([true, false]);
    expect(index.forgetAllLost("one")).toBe(1);
    expect(ids(index, { offset: 0, limit: 9 })).toEqual(["a0"]);
  });

  test("are kept up to a number of all servers, and those of the one that lost most go first", () => {
    const index = indexOf({ large: briefs(10), small: briefs(2, "b") }, 5);
    index.lose("small");
    index.lose("large");
    expect(ids(index, { offset: 0, limit: 9 })).toEqual(["a7", "a8", "a9", "b0", "b1"]);
  });
});

test("changes are counted as agents that are new; a whole list replaces the one before", () => {
  const index = indexOf({ one: briefs(2) });
  expect(index.take("one", { made: [...briefs(2), ...briefs(1, "b")], deleted: ["a0", "never there"] })).toBe(1);
  expect(ids(index, { offset: 0, limit: 9 })).toEqual(["a1", "b0"]);
  index.take("one", { all: true, made: briefs(1, "c"), deleted: [] });
  expect(ids(index, { offset: 0, limit: 9 })).toEqual(["c0"]);
});
