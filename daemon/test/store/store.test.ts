import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sqlite from "node-sqlite3-wasm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrations } from "../../src/store/migrations.js";
import type { StoredRun } from "../../src/store/runTable.js";
import { Store } from "../../src/store/store.js";

let folder: string;
let warnings: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "store-test-"));
  warnings = [];
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const open = () => Store.open(folder, (text) => warnings.push(text));
const file = () => join(folder, "studio.db");

function run(runId: string, startedAtMs: number, endedAtMs?: number): StoredRun {
  return {
    isLocal: true,
    instance: `instance of ${runId}`,
    row: {
      runId,
      project: "desk",
      name: "main",
      script: "/home/ann/main.js",
      args: ["--fast"],
      cwd: "/work",
      state: endedAtMs === undefined ? "running" : "succeeded",
      startedAtMs,
      ...(endedAtMs !== undefined && { endedAtMs }),
      target: "child",
      hasOutput: true,
      agents: 2,
      calls: 7,
      failedCalls: 0,
      openCalls: 1,
      untoldCalls: 0,
    },
  };
}

test("what was saved is there after the next start, newest run first", () => {
  {
    using store = open();
    store.runs.save(run("first", 1000));
    store.runs.save(run("second", 2000));
    store.runs.save(run("first", 1000, 3000));
    store.managedServers.save({
      serverId: "desk",
      options: { cwd: "/work" },
      pid: 12,
      instance: "abc",
      startedAtMs: 5,
      restarts: 1,
    });
    store.saveSetting("httpPort", "5000");
    store.saveSetting("httpPort", "5001");
  }
  using store = open();
  expect(store.runs.all()).toEqual([run("second", 2000), run("first", 1000, 3000)]);
  expect(store.runs.endedBefore(3001)).toEqual(["first"]);
  expect(store.managedServers.all()).toMatchObject([{ serverId: "desk", options: { cwd: "/work" }, restarts: 1 }]);
  expect(store.setting("httpPort")).toBe("5001");
  expect(store.setting("other")).toBeUndefined();
  expect(warnings).toEqual([]);
});

test("what was deleted is gone", () => {
  using store = open();
  store.runs.save(run("first", 1000, 3000));
  store.runs.delete("first");
  store.remoteServers.save({ serverId: "far", host: "far.example", port: 12001 });
  store.remoteServers.delete("far");
  expect(store.runs.all()).toEqual([]);
  expect(store.remoteServers.all()).toEqual([]);
});

test("tokens that a former version kept are gone from the file, which is its owner's alone", () => {
  const former = new sqlite.Database(file());
  former.exec(`${migrations[0]} PRAGMA user_version = 1`);
  const record = JSON.stringify({ serverId: "far", host: "far.example", port: 12001 });
  former.run("INSERT INTO remote_server VALUES (?, ?, ?)", ["far", record, "planted-secret"]);
  former.close();
  expect(readFileSync(file()).includes("planted-secret")).toBe(true);
  chmodSync(file(), 0o600);
  {
    using store = open();
    store.remoteServers.save({ serverId: "open", host: "open.example", port: 12001 });
    expect(store.remoteServers.all().map(({ serverId, access }) => [serverId, access])).toEqual([
      ["far", "token"],
      ["open", undefined],
    ]);
  }
  expect(readFileSync(file()).includes("planted-secret")).toBe(false);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
});

test("the lock that a killed daemon left behind does not matter", () => {
  open()[Symbol.dispose]();
  mkdirSync(`${file()}.lock`);
  using store = open();
  store.saveSetting("name", "value");
  expect(store.setting("name")).toBe("value");
  expect(warnings).toEqual([]);
});

test("a file that is no database is put aside, and named in a warning", () => {
  const bytes = "this was never a database ".repeat(1000);
  writeFileSync(file(), bytes);
  using store = open();
  store.saveSetting("name", "value");
  expect(store.setting("name")).toBe("value");
  expect(warnings).toHaveLength(1);
  const aside = readdirSync(folder).find((name) => name.includes("damaged"));
  expect(warnings[0]).toContain(aside);
  expect(readFileSync(join(folder, aside ?? ""), "utf8")).toBe(bytes);
});

test("a database with damaged pages is put aside", () => {
  {
    using store = open();
    for (let index = 0; index < 200; index += 1) store.runs.save(run(`run ${index}`, index));
  }
  const bytes = readFileSync(file());
  bytes.fill(0x5a, 8192, bytes.length - 4096);
  writeFileSync(file(), bytes);
  using store = open();
  expect(store.runs.all()).toEqual([]);
  expect(warnings).toHaveLength(1);
});

test("a database of a newer version is put aside, not misread", () => {
  const newer = new sqlite.Database(file());
  newer.exec("PRAGMA user_version = 99");
  newer.close();
  using store = open();
  expect(store.runs.all()).toEqual([]);
  expect(warnings[0]).toContain("version 99");
});

test("what can't be written is a warning, not an error", () => {
  const store = open();
  store[Symbol.dispose]();
  store.saveSetting("name", "value");
  expect(store.setting("name")).toBeUndefined();
  expect(warnings).toHaveLength(2);
});
