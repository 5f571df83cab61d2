import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StateFiles } from "../../src/runtime/stateFiles.js";

let folder: string;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "state-files-")), "agents");
});

afterEach(() => {
  rmSync(join(folder, ".."), { recursive: true });
});

const files = (epoch: number, id = "../../id", key = "key") => new StateFiles(folder, id, { key, epoch });

describe("the files of an agent's state", () => {
  it("tell the next epoch which calls had begun, and what was saved last", async () => {
    const first = files(1);
    expect(first.open()).toEqual({ epochs: [], begun: [] });
    first.noteBegun("caller/1");
    await first.writeState(Buffer.from("after 1"));
    first.noteBegun("caller/2");
    const second = files(2);
    expect(second.open()).toEqual({ epochs: [1], begun: ["caller/1", "caller/2"] });
    expect(second.readState()).toEqual(Buffer.from("after 1"));
  });

  it("let nothing begin in an epoch that another one has followed", () => {
    const first = files(1);
    first.open();
    files(2).open();
    expect(() => first.noteBegun("caller/1")).toThrow("ENOENT");
  });

  it("are for the owner alone, below their folder, whatever the id is", () => {
    files(1).open();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const [name] = readdirSync(folder);
    expect(name).toMatch(/^[0-9a-f]{40}\.1\.begun$/);
    expect(statSync(join(folder, name as string)).mode & 0o777).toBe(0o600);
  });

  it("are found by id and key together", async () => {
    const first = files(1);
    first.open();
    await first.writeState(Buffer.from("mine"));
    expect(files(2, "../../id", "guessed").open()).toEqual({ epochs: [], begun: [] });
    expect(files(2, "../../id", "guessed").readState()).toBeUndefined();
  });

  it("go on under another epoch where the agent lives on", async () => {
    const first = files(1);
    first.open();
    await first.writeState(Buffer.from("state"));
    first.noteBegun("caller/1");
    first.advanceTo(2);
    first.noteBegun("caller/2");
    const third = files(3);
    expect(third.open()).toEqual({ epochs: [2], begun: ["caller/1", "caller/2"] });
    expect(third.readState()).toEqual(Buffer.from("state"));
  });

  it("hold only what somebody may ask for, once the journal is shortened", () => {
    const first = files(1);
    first.open();
    while (!first.isJournalLarge) first.noteBegun("caller/1".repeat(100));
    first.shortenJournal(["caller/7"]);
    expect(first.isJournalLarge).toBe(false);
    expect(files(2).open().begun).toEqual(["caller/7"]);
  });

  it("are gone with the agent", async () => {
    files(1).open();
    const second = files(2);
    second.open();
    await second.writeState(Buffer.from("state"));
    second.delete();
    expect(readdirSync(folder)).toEqual([]);
  });
});
