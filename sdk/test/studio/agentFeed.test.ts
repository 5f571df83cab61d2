import { describe, expect, test } from "vitest";
import { AgentFeed } from "../../src/studio/agentFeed.js";
import type { AgentBrief, AgentChanges } from "../../src/studio/protocol.js";
import { until } from "../until.js";

const agent = (id: string): AgentBrief => [id, `name of ${id}`, "Class", "maker"];
const agents = (count: number) => Array.from({ length: count }, (_, index) => agent(`a-${index}`));

/** A daemon's side: what it knows, and when it reads. */
class Reader {
  readonly batches: AgentChanges[] = [];
  readonly known = new Set<string>();
  private wake: (() => void) | undefined;
  reads = true;

  readonly tell = async (changes: AgentChanges): Promise<void> => {
    this.batches.push(changes);
    if (changes.all === true) this.known.clear();
    for (const [id] of changes.made) this.known.add(id);
    for (const id of changes.deleted) this.known.delete(id);
    if (!this.reads) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  };

  read(): void {
    this.reads = true;
    this.wake?.();
  }
}

describe("the feed of agents", () => {
  test("tells of 100,000 agents in batches, the first of which begins anew", async () => {
    const reader = new Reader();
    await new AgentFeed(reader.tell).begin(agents(100_000));
    expect(reader.known.size).toBe(100_000);
    expect(reader.batches.map(({ all }) => all === true)).toEqual([true, ...Array.from({ length: 49 }, () => false)]);
    expect(Math.max(...reader.batches.map(({ made }) => made.length))).toBe(2000);
  });

  test("tells that there are none", async () => {
    const reader = new Reader();
    await new AgentFeed(reader.tell).begin([]);
    expect(reader.batches).toEqual([{ all: true, made: [], deleted: [] }]);
  });

  test("what changes while a slow reader has not read is told in its latest state", async () => {
    const reader = new Reader();
    const feed = new AgentFeed(reader.tell);
    await feed.begin(agents(3));
    reader.reads = false;
    feed.changed([agent("b-0")], []);
    await until(() => reader.batches.length === 2, { what: "the first change" });
    for (let count = 0; count < 1000; count++) {
      feed.changed([agent("c-0"), agent("d-0")], ["a-0"]);
      feed.changed([], ["c-0"]);
    }
    expect(reader.batches).toHaveLength(2);
    reader.read();
    await until(() => reader.known.has("d-0"), { what: "the later changes" });
    expect([...reader.known].sort()).toEqual(["a-1", "a-2", "b-0", "d-0"]);
    expect(reader.batches).toHaveLength(3);
  });

  test("changes from before the end of the list come after it", async () => {
    const reader = new Reader();
    reader.reads = false;
    const feed = new AgentFeed(reader.tell);
    const begun = feed.begin(agents(2500));
    feed.changed([agent("new")], ["a-2400"]);
    reader.read();
    await begun;
    expect(reader.known.has("new")).toBe(true);
    expect(reader.known.has("a-2400")).toBe(false);
    expect(reader.known.size).toBe(2500);
  });

  test("tells nothing after its end", async () => {
    const reader = new Reader();
    const feed = new AgentFeed(reader.tell);
    await feed.begin([]);
    feed.end();
    feed.changed([agent("late")], []);
    await new Promise((resolve) => {
      setTimeout(resolve, 80);
    });
    expect(reader.batches).toHaveLength(1);
  });
});
