import { AgentCallError, Msg, type DistOptions } from "agentscope-distributed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Caller } from "../../fixtures/agents/caller.js";
import { Echo } from "../../fixtures/agents/echo.js";
import { Failing } from "../../fixtures/agents/failing.js";
import { Tally } from "../../fixtures/agents/tally.js";
import { AgentServer } from "../../processes/agentServer.js";

let first: AgentServer;
let second: AgentServer;

beforeAll(async () => {
  [first, second] = await Promise.all([AgentServer.start(["--workers", "2"]), AgentServer.start(["--workers", "1"])]);
});

afterAll(async () => {
  await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()]);
});

const say = (content: unknown) => new Msg({ name: "user", content, role: "user" });

async function errorOf(call: PromiseLike<unknown>): Promise<AgentCallError> {
  const error = await call.then(
    () => new Error("it did not fail"),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AgentCallError);
  return error as AgentCallError;
}

/** Three places, so that each call goes to another process than the one before. */
const ways: [string, () => (DistOptions | undefined)[]][] = [
  ["here", () => [undefined, undefined, undefined]],
  ["in child processes", () => [{}, {}, {}]],
  ["on one agent server", () => [first.at, first.at, first.at]],
  ["on two agent servers", () => [first.at, second.at, first.at]],
  ["in a child process, on a server and here", () => [{}, first.at, undefined]],
  ["here, in a child process and on a server", () => [undefined, {}, second.at]],
];

describe.each(ways)("agents %s", (_, placesOf) => {
  function make(): { failing: Failing; middle: Tally; last: Tally } {
    const [at, middleAt, lastAt] = placesOf();
    const [failing, middle, last] = [new Failing({ name: "F" }), new Tally({ name: "M" }), new Tally({ name: "L" })];
    return {
      failing: (at === undefined ? failing : failing.toDist(at)) as Failing,
      middle: (middleAt === undefined ? middle : middle.toDist(middleAt)) as Tally,
      last: (lastAt === undefined ? last : last.toDist(lastAt)) as Tally,
    };
  }

  test("an exception rejects the placeholder with agent, server, stack and cause", async () => {
    const { failing } = make();
    const error = await errorOf(failing(say("x")));
    expect(error).toMatchObject({ code: "AGENT_FAILED", agentName: "F", agentId: failing.agentId, chain: [] });
    expect(error.server).toMatch(/^main process$|^127\.0\.0\.1:\d+$/);
    expect(error.message).toBe(`agent "F" on ${error.server} failed: TypeError: broken by x`);
    expect(error.remoteStack).toMatch(/TypeError: broken by x\n\s+at \w+\.reply .*failing\.[jt]s/);
    expect(error.cause).toMatchObject({ name: "TypeError", message: "broken by x" });
  });

  test("a call that is given a failed placeholder is not run, and names the root cause and the way", async () => {
    const { failing, middle, last } = make();
    const x = failing(say("x"));
    const y = middle(x);
    const z = last([say("fine"), y]);
    const error = await errorOf(z.content);
    expect(error).toMatchObject({ code: "AGENT_FAILED", agentName: "F", agentId: failing.agentId });
    expect(error.chain.map(({ name }) => name)).toEqual(["M", "L"]);
    expect(error.chain.map(({ id }) => id)).toEqual([middle.agentId, last.agentId]);
    expect(error.message).toMatch(
      /^"L" was not run, its input failed \(F → M → L\): agent "F" on .* failed: TypeError: broken by x$/,
    );
    expect(error.cause).toMatchObject({ name: "TypeError", message: "broken by x" });
    expect((await errorOf(y)).chain.map(({ name }) => name)).toEqual(["M"]);
    // What was read before makes no difference.
    expect((await errorOf(last(y))).chain.map(({ name }) => name)).toEqual(["M", "L"]);
    for (const agent of [middle, last]) expect(await Promise.resolve(agent.seen())).toEqual([]);
  });

  test("calls after a failed one run", async () => {
    const { failing, middle } = make();
    const failed = middle(failing(say("x")));
    const after = middle(say("after"));
    expect(await after.content).toBe("after");
    expect(await failing(say("fine")).content).toBe("fine");
    await errorOf(failed);
  });

  test("whatever is thrown or returned is told", async () => {
    const { failing } = make();
    expect((await errorOf(failing(say("text")))).message).toContain("just a text");
    expect((await errorOf(failing(say("nothing")))).message).toContain("undefined");
    const { cause } = (await errorOf(failing(say("cause")))) as { cause: Error };
    expect(cause.message).toBe("outer");
    expect(cause.cause).toMatchObject({ name: "RangeError", message: "inner", code: "E_INNER" });
    expect((await errorOf(failing(say("no message")))).message).toContain("must return a Msg");
    expect((await errorOf(failing(say("untransferable")))).message).toContain("content.list[0] is a function");
    const observing = await errorOf(Promise.resolve(failing.observe(say("x"))));
    expect(observing.message).toContain("SyntaxError: observed too much");
  });

  test("an agent that asks another one which fails, fails with that error as its cause", async () => {
    const { failing } = make();
    const [, at] = placesOf();
    const caller = new Caller({ name: "C", asks: [failing] });
    const error = await errorOf((at === undefined ? caller : caller.toDist(at))(say("deep")));
    expect(error.agentName).toBe("C");
    expect(error.message).toContain("TypeError: broken by deep");
    expect(error.cause).toMatchObject({ name: "AgentCallError", code: "AGENT_FAILED" });
  });
});

test("a placeholder that fails later than it is passed on fails on every server that has it", async () => {
  const failing = new Failing({ name: "F" }).toDist(first.at);
  const echoes = [first.at, second.at, {}].map((at, index) => new Echo({ name: `E${index}` }).toDist(at));
  const x = failing(say("x"));
  const results = echoes.map((echo) => echo([x, say("y")]));
  for (const result of results) expect((await errorOf(result)).message).toContain("broken by x");
});

test("a catch handles a failure like an await", async () => {
  const failing = new Failing({ name: "F" }).toDist(first.at);
  expect(await failing(say("x")).catch(() => "caught")).toBe("caught");
  const field = await failing(say("x")).content.then(undefined, () => "caught in a field");
  expect(field).toBe("caught in a field");
  let finished = false;
  await failing(say("x"))
    .finally(() => {
      finished = true;
    })
    .catch(() => {});
  expect(finished).toBe(true);
});
