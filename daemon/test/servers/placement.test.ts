import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type AllocationItem, makeAccessToken } from "agentscope-distributed/studio";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { until } from "../until.js";
import { FakeServer } from "./fakeServer.js";
import { TestServers } from "./testServers.js";

/** Processes are started, and a busy machine takes its time. */
const slowMachine = { timeout: 30_000 };

let daemon: TestServers;
const fakes: FakeServer[] = [];
/** When runs ended; others go on. */
const ends = new Map<string, number>();

beforeEach(() => {
  ends.clear();
  daemon = new TestServers({ runEndedAt: (runId) => ends.get(runId), keptAfterRunMs: 60_000 });
});
afterEach(async () => {
  for (const fake of fakes.splice(0)) fake[Symbol.dispose]();
  await daemon[Symbol.asyncDispose]();
});

async function attached(
  about: ConstructorParameters<typeof FakeServer>[0],
  reachedHost = "127.0.0.1",
): Promise<FakeServer> {
  const fake = Object.assign(new FakeServer(about), { reachedHost });
  fakes.push(fake);
  await fake.attach(daemon.servers);
  return fake;
}

const echo: AllocationItem = { className: "Echo", builtIn: false };
const claimant = () => ({ runId: "r", cwd: daemon.folder, isLocal: true });
const placesOf = async (items: AllocationItem[], more: object = {}) => {
  const places = await daemon.servers.allocate(items, { ...claimant(), ...more });
  return places.map((place) => (place.kind === "server" ? place.serverId : place.reason));
};

describe("agents that name no server", slowMachine, () => {
  test("go to servers that have the class, evenly, and to no others", async () => {
    await attached({ serverId: "one" });
    await attached({ serverId: "two" });
    await attached({ serverId: "other", classes: ["Judge"] });
    await attached({ serverId: "child", kind: "child" });
    const places = await placesOf(Array.from({ length: 10 }, () => echo));
    expect(places.toSorted()).toEqual([...Array<string>(5).fill("one"), ...Array<string>(5).fill("two")]);
    expect(
      new Set(await placesOf(Array.from({ length: 5 }, () => ({ className: "DialogAgent", builtIn: true })))),
    ).toEqual(new Set(["other"]));
  });

  test("go to no server that is not there", async () => {
    const one = await attached({ serverId: "one" });
    await attached({ serverId: "two" });
    one.disconnect();
    expect(await placesOf([echo, echo, echo])).toEqual(["two", "two", "two"]);
  });

  test("are counted until they are there, and where they are", async () => {
    const one = await attached({ serverId: "one" });
    await attached({ serverId: "two" });
    await one.tell({ made: [1, 2, 3].map((n) => [`${n}`, "n", "Echo", ""]) });
    await until(() => daemon.servers.row("one")?.agents === 3, { what: "the agents" });
    expect(await placesOf([echo, echo])).toEqual(["two", "two"]);
    expect(await placesOf([echo])).toEqual(["two"]);
  });

  test("are given what the server wants to see, and no server of which that is not known or would not do", async () => {
    await attached({ serverId: "known", access: "token", token: "secret" });
    await attached({ serverId: "unknown", access: "token" });
    await attached({ serverId: "watched", access: "token", token: makeAccessToken("a secret of some length", "read") });
    await attached({ serverId: "tls", access: "tls" });
    const place = { kind: "server", serverId: "known", host: "127.0.0.1", port: 12_001, token: "secret" };
    expect(await daemon.servers.allocate([echo, echo], claimant())).toEqual([place, place]);
  });

  test("of a script elsewhere go where it can get", async () => {
    await attached({ serverId: "loopback" });
    await attached({ serverId: "far", host: "10.0.0.7", machine: "elsewhere" });
    await attached({ serverId: "far loopback", machine: "elsewhere" });
    await attached(
      { serverId: "relayed", machine: "elsewhere", viaStudio: true, access: "token", token: "t" },
      "10.0.0.1",
    );
    await attached({ serverId: "relayed here", machine: "elsewhere", viaStudio: true });
    expect(new Set(await placesOf([echo, echo, echo, echo], { isLocal: false }))).toEqual(new Set(["far", "relayed"]));
    expect(new Set(await placesOf(Array.from({ length: 12 }, () => echo)))).toEqual(
      new Set(["loopback", "far", "relayed", "relayed here"]),
    );
  });

  test("stay with the script where there is no server and none can be started, and it is told why", async () => {
    expect(await placesOf([echo])).toEqual([
      "no server that is there has the class Echo, and the module that defines it is not known",
    ]);
    expect(await placesOf([{ ...echo, module: "file:///m.js" }], { isLocal: false })).toEqual([
      "no server that is there has the class Echo, and the daemon starts servers for scripts of its own machine only",
    ]);
    const [reason] = await placesOf([{ ...echo, module: "file:///m.js" }], { cwd: workspace("process.exit(9)") });
    expect(reason).toMatch(
      /^no server that is there has the class Echo, and the daemon can't start one: .*exit code 9/,
    );
  });
});

/** A workspace whose `as-server` is this program; the test attaches for it. */
function workspace(program = "setInterval(() => {}, 1000)"): string {
  const folder = join(daemon.folder, "workspace");
  const sdk = join(folder, "node_modules", "agentscope-distributed");
  mkdirSync(sdk, { recursive: true });
  writeFileSync(join(sdk, "package.json"), JSON.stringify({ version: "1.0.0", bin: { "as-server": "./s.cjs" } }));
  writeFileSync(join(sdk, "s.cjs"), program);
  return folder;
}

describe("servers that are started for a run", slowMachine, () => {
  let watching: NodeJS.Timeout;
  afterEach(() => clearInterval(watching));

  /** Attaches for each process that the daemon starts. */
  function attachStarted(): void {
    const seen = new Set<string>();
    watching = setInterval(() => {
      for (const { serverId, pid } of daemon.store.managedServers.all()) {
        if (seen.has(serverId)) continue;
        seen.add(serverId);
        void attached({ serverId, pid, kind: "managed", classes: [], access: "token" });
      }
    }, 5);
  }

  const made: AllocationItem = { ...echo, module: "file:///echo.js" };
  const times = (count: number) => Array.from({ length: count }, () => made);

  test("are as many as there are agents, up to what the machine runs at a time, and have the class", async () => {
    attachStarted();
    const cwd = workspace();
    const places = await daemon.servers.allocate(times(50), { ...claimant(), cwd });
    const rows = daemon.servers.rows();
    expect(rows).toHaveLength(availableParallelism());
    expect(fakes.map(({ added }) => added)).toEqual(rows.map(() => [{ url: "file:///echo.js", className: "Echo" }]));
    expect(new Set(places.map((place) => place.kind === "server" && place.serverId))).toEqual(
      new Set(rows.map(({ serverId }) => serverId)),
    );
    expect(places.every((place) => place.kind === "server" && (place.token ?? "") !== "")).toBe(true);
    expect(rows.every((row) => row.cwd === cwd && row.kind === "managed")).toBe(true);
  });

  test("do not keep the daemon, as those of a person do", async () => {
    attachStarted();
    const cwd = workspace();
    await daemon.servers.allocate([made], { ...claimant(), cwd });
    expect(daemon.servers.rows()).toHaveLength(1);
    expect(daemon.servers.busy).toBe(false);
    await daemon.servers.start({ cwd });
    expect(daemon.servers.busy).toBe(true);
  });

  test("are one for each agent that comes alone, and shared when there are enough; of two claims at once, too", async () => {
    attachStarted();
    const claims = { ...claimant(), cwd: workspace() };
    await Promise.all(Array.from({ length: 4 }, () => daemon.servers.allocate([made], claims)));
    expect(daemon.servers.rows()).toHaveLength(Math.min(4, availableParallelism()));
  });

  test("serve no other run, whose code may be another; there are no more for that", async () => {
    attachStarted();
    const cwd = workspace();
    const own = { ...claimant(), cwd };
    const most = availableParallelism();
    const places = await daemon.servers.allocate(times(most), own);
    expect(places.every(({ kind }) => kind === "server")).toBe(true);
    expect(await placesOf([made], { cwd, runId: "other" })).toEqual([
      `no server that is there has the class Echo, and the daemon can't start one: ${most} servers run for other runs of ` +
        `${cwd}, as many as the machine runs at a time`,
    ]);
  });

  test("make room for those of another run when theirs has ended, that which ended first before others", async () => {
    attachStarted();
    const cwd = workspace();
    const most = availableParallelism();
    const claim = (runId: string, count: number) =>
      daemon.servers.allocate(times(count), { ...claimant(), cwd, runId });
    const first = await claim("first", Math.ceil(most / 2));
    const second = await claim("second", most);
    expect([...first, ...second].every(({ kind }) => kind === "server")).toBe(true);
    expect(daemon.servers.rows()).toHaveLength(most);
    ends.set("second", Date.now() - 1000);
    ends.set("first", Date.now() - 2000);
    const firstIds = new Set(first.map((place) => place.kind === "server" && place.serverId));
    const [place] = await claim("third", 1);
    expect(place).toMatchObject({ kind: "server" });
    const left = daemon.servers.rows().map(({ serverId }) => serverId);
    expect(left).toHaveLength(most);
    expect(left.filter((serverId) => firstIds.has(serverId))).toHaveLength(firstIds.size - 1);
    const others = await claim("third", most);
    expect(new Set(others.map((one) => one.kind)).size).toBe(1);
    expect(daemon.store.managedServers.all().every(({ forRun }) => forRun === "third")).toBe(true);
  });

  test("stay for a while with their agents when their run has ended, and then end", async () => {
    attachStarted();
    const [place] = await daemon.servers.allocate([made], { ...claimant(), cwd: workspace() });
    const serverId = place?.kind === "server" ? place.serverId : "";
    const [fake] = fakes;
    await fake?.tell({ made: [["a", "Anna", "Echo", ""]] });
    await until(() => daemon.servers.row(serverId)?.agents === 1, { what: "the agent" });
    ends.set("r", Date.now() - 58_000);
    expect(daemon.servers.row(serverId)).toMatchObject({ state: "ready", agents: 1 });
    await until(() => daemon.servers.rows().length === 0, { timeoutMs: 15_000, what: "its end" });
    expect(Date.now() - (ends.get("r") ?? 0)).toBeGreaterThan(60_000);
    expect(daemon.store.managedServers.all()).toEqual([]);
  });
});
