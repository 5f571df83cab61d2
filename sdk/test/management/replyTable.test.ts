import { describe, expect, test } from "vitest";
import { AgentScopeError, PlaceholderExpiredError } from "../../src/errors.js";
import { ReplyTable } from "../../src/management/replyTable.js";
import { Msg } from "../../src/messages/msg.js";
import { Deferred } from "./deferred.js";

const message = (content: unknown) => new Msg({ name: "n", role: "assistant", content });
const done = (content: unknown) => async () => message(content);
const endless = () => new Promise<Msg>(() => {});

describe("ReplyTable", () => {
  test("counts task ids up from 1", () => {
    const table = new ReplyTable();
    expect([table.add(done(1)), table.add(done(2))]).toStrictEqual(["1", "2"]);
  });

  test("gives a reply as often as it is asked for, also while it is made", async () => {
    const table = new ReplyTable();
    const late = new Deferred<Msg>();
    const id = table.add(() => late.promise);
    const waiting = table.read(id);
    const reply = message("late");
    late.resolve(reply);
    expect(await waiting).toBe(reply);
    expect(await table.read(id)).toBe(reply);
  });

  test("gives the error of a call to each who asks, and to nobody else", async () => {
    const table = new ReplyTable();
    const id = table.add(() => Promise.reject(new Error("broken")));
    await expect(table.read(id)).rejects.toThrow("broken");
    await expect(table.read(id)).rejects.toThrow("broken");
  });

  test("says of an id that it never gave that there is no such task", async () => {
    const table = new ReplyTable();
    await expect(table.read("1")).rejects.toThrow(PlaceholderExpiredError);
    await expect(table.read("1")).rejects.toThrow("no task the id 1");
  });

  test("drops the reply that was made first when it is full", async () => {
    const table = new ReplyTable({ maxPoolSize: 3 });
    table.add(endless);
    const first = table.add(done("first"));
    const second = table.add(done("second"));
    await table.read(second);
    const third = table.add(done("third"));
    await expect(table.read(first)).rejects.toThrow("more than 3 replies were kept (option maxPoolSize)");
    expect(await table.read(second)).toMatchObject({ content: "second" });
    expect(await table.read(third)).toMatchObject({ content: "third" });
  });

  test("starts no call when it is full of calls that have not ended", () => {
    const table = new ReplyTable({ maxPoolSize: 1 });
    table.add(endless);
    let isStarted = false;
    const start = async () => {
      isStarted = true;
      return undefined;
    };
    expect(() => table.add(start)).toThrow(AgentScopeError);
    expect(() => table.add(start)).toThrow("the server keeps at most 1 (option maxPoolSize)");
    expect(isStarted).toBe(false);
  });

  test("drops a reply some time after it was made, whenever its call began", async () => {
    let now = 0;
    const table = new ReplyTable({ maxTimeoutSeconds: 10, now: () => now });
    const late = new Deferred<Msg>();
    const slow = table.add(() => late.promise);
    const quick = table.add(done("quick"));
    await table.read(quick);
    now = 9_000;
    late.resolve(message("slow"));
    await table.read(slow);
    now = 10_001;
    await expect(table.read(quick)).rejects.toThrow("older than 10 s (option maxTimeoutSeconds)");
    expect(await table.read(slow)).toMatchObject({ content: "slow" });
  });
});
