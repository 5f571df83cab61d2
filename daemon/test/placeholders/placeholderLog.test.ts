import { beforeEach, describe, expect, test } from "vitest";
import { PlaceholderLog } from "../../src/placeholders/placeholderLog.js";
import { RunInstances } from "../../src/runs/runInstances.js";
import { agentNamed, BatchWriter, instance } from "./batches.js";

const script = instance("script");
const server = instance("server");
const [ann, ben] = [agentNamed("Ann"), agentNamed("Ben")];

let instances: RunInstances;
let log: PlaceholderLog;

beforeEach(() => {
  instances = new RunInstances();
  log = new PlaceholderLog(instances, { perRun: 100, unplaced: 10 });
  instances.addScript(script, "run");
});

const page = { runId: "run", offset: 0, limit: 500 };
const take = (writer: BatchWriter, teller = script) => log.take(writer.batch(), { instance: teller });

test("a call is followed through its life, told of by both of its ends", () => {
  const made = new BatchWriter(`${script}.0`, 1000);
  const hosted = new BatchWriter(`${script}.0`, 1010);
  const id = made.id(1);
  take(made.made(1, ann, { at: "main.js:3:1" }));
  expect(log.get(id)).toMatchObject({ state: "queued", agent: "Ann", madeAtMs: expect.any(Number), at: "main.js:3:1" });
  take(hosted.arrived(1, ann).begun(1), server);
  expect(log.get(id).state).toBe("running");
  take(hosted.ended(1, { outcome: "ready", sizeBytes: 12 }), server);
  expect(log.get(id)).toMatchObject({ state: "ready", sizeBytes: 12, runId: "run" });
  expect(log.counts("run")).toEqual({ calls: 1, failedCalls: 0, openCalls: 0, untoldCalls: 0 });
});

test("a call waits while an input is open, and is queued when it is ready", () => {
  const writer = new BatchWriter(`${script}.0`);
  take(writer.made(1, ann).made(2, ben, { inputs: [writer.id(1)] }));
  expect(log.get(writer.id(2))).toMatchObject({ state: "waiting", inputs: [writer.id(1)] });
  const changed: string[] = [];
  log.changed.on(({ placeholderIds }) => changed.push(...placeholderIds));
  take(writer.ended(1));
  expect(log.get(writer.id(2)).state).toBe("queued");
  expect(changed.sort()).toEqual([writer.id(1), writer.id(2)]);
});

test("what the server tells before the script is joined with what the script tells", () => {
  const hosted = new BatchWriter(`${script}.0`);
  take(hosted.arrived(7, ann).begun(7).ended(7), server);
  const made = new BatchWriter(`${script}.0`);
  take(made.made(7, ann, { at: "main.js:9:1" }));
  expect(log.list(page).rows).toMatchObject([{ state: "ready", at: "main.js:9:1" }]);
  expect(log.counts("run")).toMatchObject({ calls: 1, openCalls: 0 });
});

test("a call that was made in a turn tells that the turn has begun, until somebody tells better", () => {
  const now = Date.now();
  const made = new BatchWriter(`${script}.0`, now - 1000);
  take(made.made(1, ann));
  take(new BatchWriter(`${server}.1`, now).made(1, ben, { turnOf: made.id(1) }), server);
  expect(log.get(made.id(1))).toMatchObject({ state: "running", begunAtMs: now });
  take(new BatchWriter(`${script}.0`, now - 500).begun(1), server);
  expect(log.get(made.id(1)).begunAtMs).toBe(now - 500);
});

test("both ends tell of the end, and it is counted once", () => {
  const writer = new BatchWriter(`${script}.0`);
  take(writer.made(1, ann).ended(1, { outcome: "failed", error: "no ink" }));
  take(writer.ended(1, { outcome: "failed", error: "no ink" }), server);
  expect(log.counts("run")).toMatchObject({ failedCalls: 1, openCalls: 0 });
  expect(log.get(writer.id(1))).toMatchObject({ state: "failed", error: "no ink" });
});

test("where a call failed is known", () => {
  const writer = new BatchWriter(`${script}.0`);
  const end = { outcome: "failed", error: "no ink", thrownAt: "/agents/ann.ts:7:11" } as const;
  take(writer.made(1, ann).ended(1, end));
  expect(log.get(writer.id(1))).toMatchObject({ state: "failed", error: "no ink", thrownAt: "/agents/ann.ts:7:11" });
});

test("a value that was ready can still expire", () => {
  const writer = new BatchWriter(`${script}.0`);
  take(writer.made(1, ann).ended(1));
  take(writer.ended(1, { outcome: "expired", error: "too old" }));
  expect(log.get(writer.id(1))).toMatchObject({ state: "expired", error: "too old" });
  expect(log.counts("run").failedCalls).toBe(1);
});

describe("the run of a call", () => {
  test("is that of the script that made it, or of the child server on which it was made", () => {
    const child = instance("child");
    const writer = new BatchWriter(`${child}.1`);
    take(writer.made(1, ann), child);
    expect(log.list(page).total).toBe(0);
    instances.addChild(child, script);
    expect(log.list(page).total).toBe(1);
  });

  test("is that of the turn in which it was made, on a server of several runs", () => {
    const made = new BatchWriter(`${script}.0`);
    const inner = new BatchWriter(`${server}.1`);
    const innermost = new BatchWriter(`${server}.2`);
    take(innermost.made(1, agentNamed("Cid"), { turnOf: inner.id(1) }), server);
    take(inner.made(1, ben, { turnOf: made.id(1) }).ended(1), server);
    take(made.made(1, ann));
    expect(new Set(log.list(page).rows.map((row) => row.agent))).toEqual(new Set(["Ann", "Ben", "Cid"]));
    expect(log.counts("run")).toMatchObject({ calls: 3, openCalls: 2 });
  });

  test("that nobody tells of is waited for within bounds", () => {
    const unknown = new BatchWriter(`${instance("unknown")}.0`);
    for (let seq = 0; seq < 50; seq += 1) unknown.made(seq, ann);
    take(unknown, server);
    expect(() => log.get(unknown.id(0))).toThrow("there is no placeholder");
    expect(log.get(unknown.id(49)).runId).toBe("");
  });
});

test("of a run the newest calls are kept, the rest is counted; ended ones are dropped first", () => {
  const writer = new BatchWriter(`${script}.0`);
  writer.made(0, ann);
  for (let seq = 1; seq < 300; seq += 1) writer.made(seq, ann).ended(seq);
  take(writer);
  expect(log.list(page).total).toBe(100);
  expect(log.dropped("run")).toBe(200);
  expect(log.counts("run")).toMatchObject({ calls: 300, openCalls: 1 });
  expect(log.list({ ...page, open: true }).rows.map((row) => row.placeholderId)).toEqual([writer.id(0)]);
});

test("calls of all runs are bounded, and those of ended runs go first", () => {
  const small = new PlaceholderLog(instances, { inAll: 10 });
  const other = instance("other");
  instances.addScript(other, "other run");
  for (const [teller, count] of [
    [script, 8],
    [other, 8],
  ] as const) {
    const writer = new BatchWriter(`${teller}.0`);
    for (let seq = 0; seq < count; seq += 1) writer.made(seq, ann);
    if (teller === script) small.runEnded("run");
    small.take(writer.batch(), { instance: teller });
  }
  expect(small.list(page).total).toBe(2);
  expect(small.list({ ...page, runId: "other run" }).total).toBe(8);
});

test("calls that were not told of are counted for the script that made them", () => {
  const writer = new BatchWriter(`${script}.0`);
  writer.untold = 1000;
  take(writer.made(1, ann));
  take(writer, server);
  expect(log.counts("run")).toEqual({ calls: 1001, failedCalls: 0, openCalls: 1, untoldCalls: 1000 });
});

test("with its server, what is open there is lost, until somebody knows better", () => {
  const writer = new BatchWriter(`${script}.0`);
  take(writer.made(1, ann).made(2, agentNamed("Far", "far:1")));
  log.serverLost({ address: "127.0.0.1:12001", because: "its server is gone" });
  expect(log.get(writer.id(1))).toMatchObject({ state: "lost", error: "its server is gone" });
  expect(log.get(writer.id(2)).state).toBe("queued");
  expect(log.counts("run")).toMatchObject({ openCalls: 1, failedCalls: 0 });
  take(writer.ended(1, { outcome: "failed", error: "AgentServerNotAliveError" }));
  expect(log.get(writer.id(1)).state).toBe("failed");
  expect(log.counts("run")).toMatchObject({ openCalls: 1, failedCalls: 1 });
});

test("with its run, what is open is lost; a forgotten run leaves nothing", () => {
  const writer = new BatchWriter(`${script}.0`);
  take(writer.made(1, ann).made(2, ben).ended(2));
  log.runEnded("run");
  expect(log.list(page).rows.map((row) => row.state)).toEqual(["ready", "lost"]);
  log.forgetRun("run");
  expect(log.list(page).total).toBe(0);
  expect(log.rows([writer.id(1), writer.id(2)])).toEqual([]);
});

describe("clocks of other machines", () => {
  test("that are ahead make nothing happen in the future", () => {
    const ahead = new BatchWriter(`${script}.0`, Date.now() + 3_600_000);
    take(ahead.made(1, ann));
    expect(log.get(ahead.id(1)).madeAtMs).toBeLessThanOrEqual(Date.now());
  });

  test("never make a call end before it began", () => {
    const now = Date.now();
    const made = new BatchWriter(`${script}.0`, now);
    const hosted = new BatchWriter(`${script}.0`, now - 900);
    take(made.made(1, ann));
    take(hosted.arrived(1, ann).begun(1).ended(1), server);
    const { madeAtMs = 0, arrivedAtMs = 0, begunAtMs = 0, endedAtMs = 0 } = log.get(made.id(1));
    expect([madeAtMs, arrivedAtMs, begunAtMs, endedAtMs]).toEqual([now, now, now, now]);
  });
});

test("what does not have the form of a batch is left out", () => {
  const writer = new BatchWriter(`${script}.0`).made(1, ann);
  const batch = writer.batch();
  const strange = [
    null,
    [],
    ["made", 9, 1, 1, 0, "reply", [], {}],
    ["made", 0, 2, 1, 9, "reply", [], {}],
    ["made", 0, "x", 1, 0, "reply", [], {}],
    ["made", 0, 3, 1, 0, "reply", "no list", {}],
    ["made", 0, 4, 1, 0, "reply", [1, null], null],
    ["ended", 0, 1, 1, { outcome: "splendid" }],
    ["ended", 0, 1, 1],
    ["danced", 0, 1, 1],
  ];
  log.take({ ...batch, events: [...strange, ...batch.events] as never }, { instance: script });
  expect(log.list(page).rows.map((row) => row.placeholderId)).toEqual([writer.id(1), writer.id(4)]);
  log.take({} as never, { instance: script });
});
