import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AgentScopeError } from "../../src/errors.js";
import { type CallResult, setAwaitHook } from "../../src/messages/callResult.js";
import { Msg } from "../../src/messages/msg.js";
import { Placeholder } from "../../src/messages/placeholder.js";

const waited: CallResult<unknown>[] = [];

beforeEach(() => {
  waited.length = 0;
  setAwaitHook({ inTurn: () => true, awaited: (result) => void waited.push(result) });
});
afterEach(() => setAwaitHook());

const message = () => new Msg({ name: "a", content: "text", role: "assistant" });

/** Ways to wait for a placeholder, and what they give. */
const waits: [string, (result: Placeholder) => Promise<unknown>, unknown][] = [
  ["await", async (result) => (await result).content, "text"],
  ["await of a field", async (result) => result.content, "text"],
  ["await of then", async (result) => ({ of: await result.then(({ content }) => content) }), { of: "text" }],
  [
    "await of two thens",
    async (result) => ({ of: await result.then((said) => said).then(({ content }) => content) }),
    { of: "text" },
  ],
  ["await of catch", async (result) => (await result.catch(() => message())).content, "text"],
  ["await of finally", async (result) => (await result.finally(() => {})).content, "text"],
  [
    "await of a field's then",
    async (result) => ({ of: await result.content.then((content) => content) }),
    { of: "text" },
  ],
  ["Promise.all", async (result) => (await Promise.all([result.content, nextTurn()]))[0], "text"],
  ["Promise.race", async (result) => Promise.race([result.content, new Promise(() => {})]), "text"],
  ["Promise.allSettled", async (result) => (await Promise.allSettled([result]))[0].status, "fulfilled"],
  ["Promise.any", async (result) => (await Promise.any([result, new Promise<Msg>(() => {})])).content, "text"],
  ["a promise that is resolved with it", (result) => Promise.resolve(result.content), "text"],
  ["an async function that gives it", async (result) => result.then(({ content }) => content), "text"],
];

describe("code that waits for a result", () => {
  it.each(waits)("is told of, and gets what a promise of the language would give: %s", async (_how, wait, expected) => {
    const result = new Placeholder(undefined, 0);
    const given = wait(result);
    await nextTurn();
    expect(new Set(waited)).toEqual(new Set([result]));
    result.fulfil(message());
    expect(await given).toEqual(expected);
  });

  it("gets the failure, and may take care of it", async () => {
    const error = new AgentScopeError("AGENT_FAILED", "boom");
    const result = new Placeholder(undefined, 0);
    const given = Promise.allSettled([
      result.then(() => 1),
      result.catch((thrown: unknown) => (thrown as Error).message),
      result.finally(() => {}),
      result.then(() => 1).catch(() => 2),
      result
        .then(() => 1)
        .then(
          () => 2,
          () => 3,
        ),
      result.content.then(
        () => 1,
        () => 4,
      ),
    ]);
    result.fail(error);
    expect((await given).map((each) => (each.status === "fulfilled" ? each.value : (each.reason as unknown)))).toEqual([
      error,
      "boom",
      error,
      2,
      3,
      4,
    ]);
  });

  it("is not told of when it has ended", async () => {
    const result = new Placeholder(undefined, 0);
    result.fulfil(message());
    for (const [, wait, expected] of waits) expect(await wait(result)).toEqual(expected);
    expect(waited).toEqual([]);
  });
});

describe("a script, which can be in no circle", () => {
  it("is not told of, and gets promises of the language", async () => {
    setAwaitHook({ inTurn: () => false, awaited: (result) => void waited.push(result) });
    const result = new Placeholder(undefined, 0);
    const then = result.then(({ content }) => content);
    expect(then).toBeInstanceOf(Promise);
    const all = Promise.all([then, result.content]);
    result.fulfil(message());
    expect(await all).toEqual(["text", "text"]);
    expect(waited).toEqual([]);
  });
});

describe("code that only wants to be called back", () => {
  it("waits for nothing, and is called back", async () => {
    const result = new Placeholder(undefined, 0);
    const seen: unknown[] = [];
    const note = (what: unknown) => void seen.push(what);
    void result.then(note);
    void result.then(note, note).finally(() => note("finally"));
    void result.content.then(note);
    void result.then(({ content }) => content).then(note);
    result.catch(note);
    result.whenRead(note);
    void result.then(note.bind(undefined));
    await nextTurn();
    expect(waited).toEqual([]);
    const said = message();
    result.fulfil(said);
    await nextTurn();
    expect(seen).toHaveLength(7);
    expect(seen.filter((what) => what === said)).toHaveLength(3);
    expect(seen.filter((what) => what === "text")).toHaveLength(2);
  });

  it("leaves a failure that it does not take care of unhandled, as with any promise", async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", onUnhandled);
    const result = new Placeholder(undefined, 0);
    const error = new AgentScopeError("AGENT_FAILED", "boom");
    void result.then(String);
    result.catch(() => {});
    result.fail(error);
    await nextTurn();
    process.off("unhandledRejection", onUnhandled);
    expect(unhandled).toEqual([error]);
  });
});
