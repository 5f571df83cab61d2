import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { AgentCallError, AgentCreationError, type AgentScopeError, asError } from "../../src/errors.js";
import { reportUnreadFailures, setUnreadReporter } from "../../src/messages/unreadFailures.js";
import type { Msg } from "../../src/messages/msg.js";
import { currentTask } from "../../src/runtime/task.js";
import { addAgent, makeHost, openResult, say } from "./hosts.js";

const failure = (result: PromiseLike<unknown>): Promise<AgentScopeError> =>
  Promise.resolve(result).then(
    () => {
      throw new Error("it did not fail");
    },
    (thrown: unknown) => thrown as AgentScopeError,
  );

describe("an agent's turns", () => {
  it("come one after the other, in the order of the calls, observe and other methods among them", async () => {
    const log: string[] = [];
    const turn = async (what: string) => {
      log.push(`${what} begins`);
      await nextTurn();
      log.push(`${what} ends`);
    };
    const { handle } = addAgent(makeHost(), "a", {
      reply: async ({ content }: Msg<string>) => {
        await turn(`reply ${content}`);
        return say("a", content);
      },
      observe: ({ content }: Msg<string>) => turn(`observe ${content}`),
      note: (text: string) => turn(`note ${text}`),
    });
    handle(say("s", "1"));
    handle.observe(say("s", "2"));
    void handle["note"]?.("3");
    await handle(say("s", "4"));
    const order = ["reply 1", "observe 2", "note 3", "reply 4"];
    expect(log).toEqual(order.flatMap((what) => [`${what} begins`, `${what} ends`]));
  });

  it("wait for inputs in their place, and let later calls of the same caller not pass", async () => {
    const seen: unknown[] = [];
    const { handle } = addAgent(makeHost(), "a", { observe: ({ content }: Msg) => seen.push(content) });
    const late = openResult();
    handle.observe(late);
    const second = handle.observe(say("s", "second"));
    await nextTurn();
    expect(seen).toEqual([]);
    late.fulfil(say("s", "first"));
    await second;
    expect(seen).toEqual(["first", "second"]);
  });

  it("of one caller are not held up by another caller's missing input", async () => {
    const host = makeHost();
    const seen: unknown[] = [];
    const { handle: shared } = addAgent(host, "shared", {
      reply: ({ content }: Msg) => {
        seen.push(content);
        return say("shared", content);
      },
    });
    const { handle: other } = addAgent(host, "other", { reply: () => shared(say("other", "of the other caller")) });
    const late = openResult();
    const held = shared(late);
    await other();
    expect(seen).toEqual(["of the other caller"]);
    late.fulfil(say("s", "of the script"));
    await held;
    expect(seen).toEqual(["of the other caller", "of the script"]);
  });

  it("that many calls wait for are taken without growing the stack", async () => {
    let ready = () => {};
    let count = 0;
    const { handle } = addAgent(makeHost(), "a", {
      setup: () =>
        new Promise<void>((resolve) => {
          ready = resolve;
        }),
      observe: () => void count++,
    });
    const calls = Array.from({ length: 30_000 }, () => handle.observe(say("s", "x")));
    ready();
    await calls.at(-1);
    expect(count).toBe(30_000);
  });

  it("that are chained by their results end without growing the stack", async () => {
    const host = makeHost();
    const { handle: a } = addAgent(host, "a", { reply: ({ content }: Msg<number>) => say("a", content + 1) });
    const { handle: b } = addAgent(host, "b", { reply: ({ content }: Msg<number>) => say("b", content + 1) });
    const first = openResult();
    let x = a(first);
    for (let round = 0; round < 10_000; round++) x = round % 2 === 0 ? b(x) : a(x);
    first.fulfil(say("s", 0));
    expect(await x.content).toBe(10_001);
  });

  it("that are chained to a failed one fail without growing the stack, and fast", async () => {
    const { handle } = addAgent(makeHost(), "a", {
      reply: async () => {
        await nextTurn();
        throw new RangeError("the first fails");
      },
    });
    let x = handle();
    for (let round = 0; round < 10_000; round++) x = handle(x);
    const begin = performance.now();
    expect(await failure(x)).toMatchObject({ code: "AGENT_FAILED", agentName: "a" });
    expect(performance.now() - begin).toBeLessThan(5000);
  });
});

describe("what an agent is called with", () => {
  it("is a copy of its own, also where two agents are given the same result", async () => {
    const host = makeHost();
    const spoil = {
      reply: ({ content }: Msg<{ list: number[] }>) => {
        content.list.push(0);
        return say("a", content.list);
      },
    };
    const [a, b] = [addAgent(host, "a", spoil).handle, addAgent(host, "b", spoil).handle];
    const shared = openResult();
    const results = [a(shared), b(shared), a([shared]).then(undefined, () => {})];
    const original = say("s", { list: [1] });
    shared.fulfil(original);
    expect(await results[0]).toMatchObject({ content: [1, 0] });
    expect(await results[1]).toMatchObject({ content: [1, 0] });
    expect(original.content.list).toEqual([1]);
  });

  it("is as it was at the call, whatever the script does with it then", async () => {
    const { handle } = addAgent(makeHost(), "a", { reply: ({ content }: Msg) => say("a", content) });
    const message = say("s", "before");
    const late = openResult();
    handle(late);
    const result = handle(message);
    message.content = "after";
    late.fulfil(say("s", "first"));
    expect(await result.content).toBe("before");
    const given = await result;
    const again = handle(result);
    (given as Msg).content = "changed by the script";
    expect(await again.content).toBe("before");
  });

  it("is all there when a list's last item comes, in any order", async () => {
    const { handle } = addAgent(makeHost(), "a", {
      reply: (messages: Msg[]) =>
        say(
          "a",
          messages.map(({ content }) => content),
        ),
    });
    const [first, second] = [openResult(), openResult()];
    const result = handle([first, say("s", 2), second]);
    second.fulfil(say("s", 3));
    await nextTurn();
    first.fulfil(say("s", 1));
    expect(await result.content).toEqual([1, 2, 3]);
  });
});

describe("a call that fails", () => {
  it("says which agent, where, and keeps what was thrown as cause", async () => {
    const thrown = new RangeError("boom");
    const { handle } = addAgent(makeHost(), "a", {
      reply: () => {
        throw thrown;
      },
    });
    const error = await failure(handle());
    expect(error).toBeInstanceOf(AgentCallError);
    expect(error).toMatchObject({
      message: 'agent "a" on here failed: RangeError: boom',
      agentName: "a",
      server: "here",
      remoteStack: thrown.stack,
    });
    expect(error.cause).toBe(thrown);
  });

  it("fails those that were given its result, which are not run, in a list too; and no others", async () => {
    const host = makeHost();
    const { handle: a } = addAgent(host, "a", { reply: () => Promise.reject(new Error("boom")) });
    const seen: unknown[] = [];
    const { handle: b } = addAgent(host, "b", {
      reply: (input: Msg) => {
        seen.push(input);
        return say("b", "fine");
      },
    });
    const failed = a();
    const direct = b(failed);
    const listed = b([say("s", 1), failed]);
    const next = b(say("s", "next"));
    expect((await failure(direct)).chain.map(({ name }) => name)).toEqual(["b"]);
    expect(await failure(b(listed))).toMatchObject({ chain: [{ name: "b" }, { name: "b" }], agentName: "a" });
    expect(await next.content).toBe("fine");
    expect(seen).toHaveLength(1);
  });

  it("is no failure that nothing reads, in a list beside another one", async () => {
    const host = makeHost();
    const reported: string[] = [];
    setUnreadReporter({ failed: ({ message }) => reported.push(message), more: () => {} });
    const { handle: a } = addAgent(host, "a", { reply: () => Promise.reject(new Error("boom")) });
    const { handle: b } = addAgent(host, "b", {});
    const [first, second] = [a(), a()];
    await failure(first);
    await failure(b([first, second]));
    await nextTurn();
    reportUnreadFailures();
    setUnreadReporter();
    expect(reported).toEqual([]);
    expect(second.settled).toBe(true);
  });

  it("with a reply that is no message says what it was", async () => {
    const host = makeHost();
    for (const [value, what] of [
      [undefined, "undefined"],
      [null, "null"],
      ["text", "a string"],
      [[say("a", 1)], "a list"],
      [{ content: 1 }, "an object that is no Msg"],
    ] as const) {
      const { handle } = addAgent(host, "a", { reply: () => value });
      expect((await failure(handle())).message).toContain(`returned ${what}; it must return a Msg`);
    }
  });

  it("with an answer that can't travel names the path", async () => {
    const { handle } = addAgent(makeHost(), "a", {
      reply: () => say("a", { tools: [() => {}] }),
      tools: () => new Map([["x", Symbol("s")]]),
    });
    expect(await failure(handle())).toMatchObject({ code: "NOT_TRANSFERABLE" });
    expect((await failure(handle())).message).toContain("content.tools[0] is a function");
    expect((await failure(handle["tools"]?.() as PromiseLike<unknown>)).message).toContain(
      'result.get("x") is a symbol',
    );
  });

  it("leaves the agent as it is, for its next call", async () => {
    let count = 0;
    const { handle } = addAgent(makeHost(), "a", {
      reply: () => {
        if (++count === 1) throw new Error("the first");
        return say("a", count);
      },
    });
    const first = failure(handle());
    expect(await handle().content).toBe(2);
    expect((await first).message).toContain("the first");
  });
});

describe("methods that can be called from elsewhere", () => {
  const { handle } = addAgent(makeHost(), "a", {
    method: async (...args: unknown[]) => args.length,
    _hidden: () => "hidden",
    property: 5,
  });

  it("are those of the class", async () => {
    expect(await handle["method"]?.(1, 2, 3)).toBe(3);
  });

  it.each(["nothing", "_hidden", "constructor", "hasOwnProperty", "__defineGetter__", "valueOf", "property", "bind"])(
    "are not: %s",
    async (name) => {
      const { agent } = addAgent(makeHost(), "a", { _hidden: () => "hidden", property: 5 });
      const result = openResult();
      agent.call(name, [], result);
      expect(await failure(result)).toMatchObject({ code: "INVALID_ARGUMENT" });
      expect((await failure(result)).message).toContain(`no public method ${JSON.stringify(name)}`);
    },
  );
});

describe("setup", () => {
  it("ends before the first call begins, whatever kind of promise it gives", async () => {
    const host = makeHost();
    const log: string[] = [];
    const later = openResult();
    const { handle } = addAgent(host, "a", {
      setup: () => later.then(() => log.push("set up")),
      reply: () => {
        log.push("called");
        return say("a", 1);
      },
    });
    const call = handle();
    await nextTurn();
    expect(log).toEqual([]);
    later.fulfil("now");
    await call;
    expect(log).toEqual(["set up", "called"]);
    const thenable = openResult();
    const { handle: other } = addAgent(host, "b", { setup: () => thenable });
    const waiting = other();
    await nextTurn();
    expect(waiting.settled).toBe(false);
    thenable.fulfil("now");
    await waiting;
  });

  it.each([
    ["throws", () => asThrown(new RangeError("no"))],
    ["rejects", () => Promise.reject(new RangeError("no"))],
    ["rejects later", () => nextTurn().then(() => asThrown(new RangeError("no")))],
  ])("that %s fails each call with the same error, which says so", async (_how, setup) => {
    const { handle } = addAgent(makeHost(), "a", { setup });
    const [first, second] = [failure(handle()), failure(handle.observe(say("s", 1)))];
    expect(await first).toBeInstanceOf(AgentCreationError);
    expect(await second).toBe(await first);
    expect(await failure(handle())).toBe(await first);
    expect((await first).message).toBe('agent "a" (class TestAgent) can\'t be made on here: RangeError: no');
  });

  it("belongs to no other agent's turn", async () => {
    const host = makeHost();
    let inSetup: unknown = "not asked";
    const { handle: caller } = addAgent(host, "caller", {
      reply: async () => {
        const { handle } = addAgent(host, "called", {
          setup: async () => {
            await nextTurn();
            inSetup = currentTask();
          },
        });
        return handle(say("caller", 1));
      },
    });
    await caller();
    expect(inSetup).toBeUndefined();
  });
});

function asThrown(error: Error): never {
  throw asError(error);
}

describe("an agent that is deleted", () => {
  it("fails the call that runs, those that wait, and those to come; and disposes of what it has", async () => {
    const host = makeHost();
    const log: string[] = [];
    const late = openResult();
    const { agent, handle } = addAgent(host, "a", {
      reply: async () => {
        await late;
        log.push("went on");
        return say("a", 1);
      },
      dispose: () => log.push("disposed"),
    });
    const [running, waiting] = [failure(handle()), failure(handle())];
    expect(await host.delete(agent.id)).toBe(true);
    for (const error of [await running, await waiting, await failure(handle())]) {
      expect(error).toMatchObject({ code: "AGENT_NOT_FOUND", agentName: "a" });
      expect(error.message).toContain("was deleted");
    }
    late.fulfil("now");
    await nextTurn();
    expect(log).toEqual(["disposed", "went on"]);
    expect(await host.delete(agent.id)).toBe(false);
  });

  it("with all others, though one can't be disposed of", async () => {
    const host = makeHost();
    const disposed: string[] = [];
    addAgent(host, "a", { dispose: () => Promise.reject(new Error("not me")) });
    addAgent(host, "b", { dispose: () => disposed.push("b") });
    await host.deleteAll();
    expect(disposed).toEqual(["b"]);
    expect(host.agents.size).toBe(0);
  });
});
