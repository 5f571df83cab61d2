import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AgentScopeError } from "../../src/errors.js";
import { Placeholder } from "../../src/messages/placeholder.js";
import { reportUnreadFailures, setUnreadReporter } from "../../src/messages/unreadFailures.js";
import { collectUntil } from "../gc.js";

const error = (message = "boom") => new AgentScopeError("AGENT_FAILED", message);
const nextSecond = () => pause(1000);

describe("a failed result that nothing reads", () => {
  const reported: string[] = [];
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown) => unhandled.push(reason);

  beforeEach(() => {
    reported.length = 0;
    unhandled.length = 0;
    setUnreadReporter({
      failed: ({ message }) => reported.push(message),
      more: (count) => reported.push(`${count} more`),
    });
    process.on("unhandledRejection", onUnhandled);
  });

  afterEach(() => {
    process.off("unhandledRejection", onUnhandled);
    setUnreadReporter();
  });

  it("is reported once when it is collected, and is no unhandled rejection", async () => {
    (() => new Placeholder(undefined, 0).fail(error("unseen")))();
    await collectUntil(() => reported.length > 0);
    reportUnreadFailures();
    expect(reported).toEqual(["unseen"]);
    expect(unhandled).toEqual([]);
  });

  it("is reported once at the end of the process", async () => {
    const result = new Placeholder(undefined, 0);
    result.fail(error("at the end"));
    reportUnreadFailures();
    reportUnreadFailures();
    await nextTurn();
    expect(reported).toEqual(["at the end"]);
    expect(unhandled).toEqual([]);
    expect(result.state).toBe("failed");
  });

  it.each<[string, (result: Placeholder) => unknown]>([
    ["awaited", (result) => result.then(undefined, () => {})],
    ["caught", (result) => result.catch(() => {})],
    ["read by a field", (result) => (result.content as Promise<unknown>).then(undefined, () => {})],
    ["given to another call", (result) => result.whenRead(() => {})],
    ["passed on by reference", (result) => result.markRead()],
  ])("is not reported when it is %s, before it fails or after", async (_how, read) => {
    const [before, after] = [new Placeholder(undefined, 0), new Placeholder(undefined, 0)];
    read(before);
    before.fail(error());
    after.fail(error());
    read(after);
    await nextTurn();
    reportUnreadFailures();
    expect(reported).toEqual([]);
    expect(unhandled).toEqual([]);
  });

  it("is read by nobody who only looks at its fields", async () => {
    const result = new Placeholder(undefined, 0);
    const fields = [result.content, result.name, result.id];
    result.fail(error("still unseen"));
    await nextTurn();
    reportUnreadFailures();
    expect(reported).toEqual(["still unseen"]);
    expect(fields).toHaveLength(3);
    expect(unhandled).toEqual([]);
  });

  it("is counted, and not told of, where there are very many", async () => {
    const results = Array.from({ length: 1000 }, (_, index) => {
      const result = new Placeholder(undefined, 0);
      result.fail(error(`${index}`));
      return result;
    });
    // Those of the tests before are in another second.
    await nextSecond();
    reportUnreadFailures();
    expect(reported).toEqual([...Array.from({ length: 20 }, (_, index) => `${index}`), "980 more"]);
    expect(results).toHaveLength(1000);
  });
});
