import { type RunRow, runOutput } from "agentscope-distributed-daemon/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DaemonClient } from "../../src/daemon/daemonClient.js";
import { joinDaemon } from "../../src/daemon/daemonLauncher.js";
import { followOutput } from "../../src/daemon/followOutput.js";
import { until } from "../until.js";
import { FakeDaemon } from "./fakeDaemon.js";
import { runRow } from "./rows.js";

let daemon: FakeDaemon;
let client: DaemonClient;
/** All that the run has written. */
let output = "";

beforeEach(async () => {
  output = "";
  daemon = await FakeDaemon.start();
  // Two bytes at a time: pages end anywhere.
  daemon.answer(runOutput, ({ offset }) => {
    const text = output.slice(offset, offset + 2);
    return { text, end: offset + text.length, total: output.length };
  });
  const join = () => joinDaemon({ script: "", mayStart: false, env: daemon.env });
  client = new DaemonClient({ name: "test", version: "0.1.0", timeoutMs: 5_000, firstPauseMs: 10, join });
  void client.run();
});
afterEach(async () => {
  client.close();
  await daemon[Symbol.asyncDispose]();
});

const watched = (number: number) =>
  until(() => daemon.subscriptions.size === number, { timeoutMs: 5_000, what: `${number} subscriptions` });
const tell = (row: Partial<RunRow>, snapshot = false) =>
  daemon.tell("run", {
    kind: "run",
    snapshot,
    run: runRow({ runId: "r", ...row }),
    placeholders: [],
    agents: [],
    output: "",
  });

test("each byte is written once, over a daemon that dies and another that tells everything anew; then the end", async () => {
  let written = "";
  const ends: (RunRow | undefined)[] = [];
  followOutput(client, "r", { write: (text) => (written += text), ended: (run) => ends.push(run) });
  await watched(1);
  output = "first";
  await tell({}, true);
  await until(() => written === "first", { timeoutMs: 5_000, what: "the first words" });
  await daemon.die();
  await daemon.listen();
  await watched(1);
  output = "first, second";
  await tell({}, true);
  await until(() => written === output, { timeoutMs: 5_000, what: "the words of meanwhile" });
  output = "first, second, last";
  await tell({ state: "failed", exitCode: 1 });
  await until(() => ends.length === 1, { timeoutMs: 5_000, what: "the end" });
  expect(written).toBe(output);
  expect(ends[0]).toMatchObject({ state: "failed", exitCode: 1 });
  await watched(0);
});

test("a run that is not known ends at once, with the reason", async () => {
  const whys: string[] = [];
  followOutput(client, "r", { write: () => {}, ended: (_run, why) => whys.push(why) });
  await watched(1);
  await daemon.tell("run", { kind: "ended", reason: "there is no run r" });
  await until(() => whys.length === 1, { timeoutMs: 5_000, what: "the end" });
  expect(whys).toEqual(["there is no run r"]);
});
