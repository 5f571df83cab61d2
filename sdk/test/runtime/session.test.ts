import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import * as fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AgentScopeError, AgentServerNotAliveError } from "../../src/errors.js";
import { defaultChannelLimits } from "../../src/link/channelLimits.js";
import { type CallResult, setAwaitHook } from "../../src/messages/callResult.js";
import { Msg } from "../../src/messages/msg.js";
import type { Placeholder } from "../../src/messages/placeholder.js";
import { collectGarbage, collectUntil } from "../gc.js";
import { until } from "../until.js";
import { IncomingCalls } from "../../src/runtime/incomingCalls.js";
import { addAgent, openResult, say, type TestHandle } from "./hosts.js";
import { failure, world } from "./world.js";

afterEach(() => setAwaitHook());

describe("what a server keeps", () => {
  /** How much is kept when there was time to release it: in batches, a moment after it was read or collected. */
  const keptAtLast = async ({ one, two }: ReturnType<typeof world>): Promise<number[]> => {
    const sizes = () => [one.host.pool.size, two.host.pool.size];
    for (let round = 0; round < 50 && sizes().some((size) => size > 0); round++) {
      await collectGarbage();
      await pause(10);
    }
    return sizes();
  };

  it("is nothing once all results are read", async () => {
    const all = world();
    const { script, one, two } = all;
    const [a, b, large] = [script.make("Echo", one), script.make("Echo", two), script.make("Large", one)];
    const xs: PromiseLike<unknown>[] = [];
    for (let round = 0; round < 20; round++) {
      const x = a(say("s", round));
      xs.push(x, b(x), b([x, say("s", 1), large()]), a.observe(x), b(large()));
    }
    await Promise.all(xs);
    expect(await keptAtLast(all)).toEqual([0, 0]);
  });

  it("is nothing of what failed, and of what was given up", async () => {
    const all = world();
    const { script, one, two } = all;
    const [failing, b] = [script.make("Failing", one), script.make("Echo", two)];
    await Promise.allSettled([failing(), b(failing()), b([failing(), failing()])]);
    expect(await keptAtLast(all)).toEqual([0, 0]);
  });

  it("is as much as it allows: then new calls are refused, with the limit and the option", async () => {
    const { script, one } = world({ maxPoolSize: 3 });
    const gate = openResult();
    const agent = script.make("Echo", one);
    const waiting = [agent(gate), agent(gate), agent(gate)];
    const refused = await failure(agent(say("s", 1)));
    expect(refused).toMatchObject({ code: "LIMIT_EXCEEDED" });
    expect(refused.message).toMatch(/maxPoolSize is 3.*--max-pool-size/);
    gate.fulfil(say("s", "go"));
    await Promise.all(waiting);
    expect(await agent(say("s", "again")).content).toBe("again");
  });

  it("makes place for new calls by dropping what finished first, which is an error for who asks for it then", async () => {
    const { net, script, one, two } = world({ maxPoolSize: 2 });
    const [large, b] = [script.make("Large", one), script.make("Echo", two)];
    const results: Placeholder[] = [];
    for (let count = 0; count < 4; count++) {
      results.push(large());
      await net.settle();
    }
    expect(await failure(results[0] as Placeholder)).toMatchObject({ code: "PLACEHOLDER_EXPIRED" });
    expect((await failure(results[1] as Placeholder)).message).toMatch(/no longer on 127\.0\.0\.1:1.*maxPoolSize/);
    expect(await b(results[3])).toBeInstanceOf(Msg);
  });
});

describe("a server that is gone", () => {
  const gone = new AgentServerNotAliveError("the agent server 127.0.0.1:1 is gone", { server: "127.0.0.1:1" });

  it("ends all that waits for it at once, with an error that names it, and all that comes", async () => {
    const { net, script, one, two } = world();
    const gate = openResult();
    const [a, b] = [script.make("Echo", one), script.make("Echo", two)];
    const large = script.make("Large", one)();
    await net.settle();
    const pending: PromiseLike<unknown>[] = [a(gate), a.observe(gate), a(a(gate)), large, b(a(gate))];
    await net.settle();
    script.connections.get(one)?.lost(gone);
    two.connections.get(one)?.lost(gone);
    for (const result of pending) expect(await failure(result)).toMatchObject({ code: "SERVER_NOT_ALIVE" });
    expect(await failure(a(say("s", 1)))).toMatchObject({ code: "SERVER_NOT_ALIVE", server: "127.0.0.1:1" });
    expect((await failure(b(a()))).message).toContain("127.0.0.1:1 is gone");
    expect(await b(say("s", "still here")).content).toBe("still here");
  });

  it("takes with it only the agents of a worker that ended", async () => {
    const { net, script, one } = world();
    const a = script.make("Echo", one);
    await a();
    const error = new AgentScopeError("AGENT_NOT_FOUND", "its worker ended");
    const gate = openResult();
    const pending = a(gate);
    await net.settle();
    script.connections.get(one)?.laneLost(1, error);
    expect(await failure(pending)).toMatchObject({ code: "AGENT_NOT_FOUND", message: "its worker ended" });
    expect(await failure(script.make("Echo", one)())).toMatchObject({ message: "its worker ended" });
  });
});

describe("a broken stream", () => {
  const tiny = { ...defaultChannelLimits, windowBytes: 1, chunkBytes: 4096 };

  it("delays what is called meanwhile, and changes nothing else: each call arrives once, in order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(defaultChannelLimits, tiny),
        fc.array(fc.constantFrom("call", "observe", "large", "turn", "cut", "mend"), { maxLength: 40, size: "max" }),
        async (channelLimits, steps) => {
          const { net, script, one, two, log } = world({ channelLimits });
          const [logger, echo, large] = [script.make("Log", one), script.make("Echo", two), script.make("Large", two)];
          const [expected, results]: [unknown[], PromiseLike<unknown>[]] = [[], []];
          for (const [index, step] of steps.entries()) {
            if (step === "cut") net.cut();
            else if (step === "mend") net.mend();
            else if (step === "turn") await nextTurn();
            else {
              const content = `${step} ${index}`;
              const input = step === "large" ? large() : echo(say("s", content));
              expected.push(step === "large" ? "x".repeat(300_000) : content);
              results.push(step === "observe" ? logger.observe(input) : logger(input));
            }
          }
          net.cut();
          net.mend();
          await Promise.all(results);
          expect(log).toEqual(expected);
          expect(net.failures).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  }, 30_000);
});

describe("what can't be understood", () => {
  it.each<[string, unknown[]]>([
    ["an operation that there is none of", [99]],
    ["a call that ends in the middle", [3, 1, 1]],
    ["a number that is none", [7, "many"]],
    ["a count that is larger than what follows", [7, 1e9]],
    ["a large value that is announced by nothing", [4, 1, 7, 1]],
    ["a result of a call that was never made", [20, 5, 99]],
  ])("ends the connection with an error: %s", async (_what, operations) => {
    const { net, script, one } = world();
    const a = script.make("Echo", one);
    await a();
    one
      .sessionTo(script)
      .channel.write(1)
      .push(...operations);
    await net.settle();
    expect(net.failures).toMatchObject([{ code: "INVALID_ARGUMENT" }]);
    expect(await failure(a())).toMatchObject({ code: "INVALID_ARGUMENT" });
  });
});

describe("an agent that is passed on", () => {
  it("is taken hold of once, however often it comes, and let go when nothing refers to it", async () => {
    const { net, script, one, two } = world();
    net.define("Keeper", () => ({
      reply: async ({ content }: Msg<TestHandle>) => say("Keeper", await content(say("Keeper", "x")).content),
      observe: () => {},
    }));
    const bind = vi.spyOn(IncomingCalls.prototype, "bind");
    const unbind = vi.spyOn(IncomingCalls.prototype, "unbind");
    const [echo, keeper] = [script.make("Echo", two), script.make("Keeper", one)];
    await Promise.all([echo.observe(say("s", 1)), keeper.observe(say("s", 1))]);
    for (let round = 0; round < 20; round++) expect(await keeper(say("s", echo)).content).toBe("x");
    expect(bind).toHaveBeenCalledTimes(1);
    await collectUntil(() => unbind.mock.calls.length > 0);
    await net.settle();
    expect(unbind).toHaveBeenCalledTimes(1);
    expect(await keeper(say("s", echo)).content).toBe("x");
    vi.restoreAllMocks();
  });

  it("is taken hold of anew when its server was lost and is back", async () => {
    const { net, script, one, two } = world();
    net.define("Keeper", () => ({
      reply: async ({ content }: Msg<TestHandle>) => say("Keeper", await content(say("Keeper", "x")).content),
      observe: () => {},
    }));
    const [echo, keeper] = [script.make("Echo", two), script.make("Keeper", one)];
    await Promise.all([echo.observe(say("s", 1)), keeper.observe(say("s", 1))]);
    expect(await keeper(say("s", echo)).content).toBe("x");
    one.connections.get(two)?.lost(new AgentServerNotAliveError("it is gone", { server: two.self.address }));
    one.connections.delete(two);
    expect(await keeper(say("s", echo)).content).toBe("x");
  });
});

describe("calls between agents of different processes", () => {
  it("keep the order of each caller, on any way", async () => {
    const { net, script, one, two } = world();
    const seen: string[] = [];
    net.define("Sink", () => ({
      reply: () => say("Sink", 1),
      observe: ({ content }: Msg<string>) => void seen.push(content),
    }));
    net.define("Caller", () => ({
      reply: ({ content }: Msg<{ sink: TestHandle; count: number }>) => {
        let last: CallResult<unknown> | undefined;
        for (let call = 0; call < content.count; call++) last = content.sink.observe(say("Caller", `c${call}`));
        return (last as CallResult<unknown>).then(() => say("Caller", "done"));
      },
      observe: () => {},
    }));
    const { handle: localSink } = addAgent(script.host, "sink", {
      observe: ({ content }: Msg<string>) => void seen.push(content),
    });
    for (const sink of [script.make("Sink", two), script.make("Sink", one), localSink]) {
      seen.length = 0;
      const caller = script.make("Caller", one);
      const done = caller(say("s", { sink, count: 50 }));
      for (let call = 0; call < 50; call++) sink.observe(say("s", `s${call}`));
      await done;
      await sink.observe(say("s", "end"));
      expect(seen.filter((text) => text.startsWith("c"))).toEqual(Array.from({ length: 50 }, (_, call) => `c${call}`));
      expect(seen.filter((text) => text.startsWith("s"))).toEqual(Array.from({ length: 50 }, (_, call) => `s${call}`));
    }
  });

  it("keep it also where a handle was passed on before and after its server was reached", async () => {
    const { net, script, one, two } = world();
    two.openingTurns = 10;
    const seen: unknown[] = [];
    net.define("Sink", () => ({ reply: () => say("Sink", 1), observe: ({ content }: Msg) => void seen.push(content) }));
    net.define("Caller", () => ({
      reply: ({ content }: Msg<{ sink: TestHandle; text: string }>) => {
        void content.sink.observe(say("Caller", content.text));
        return say("Caller", "sent");
      },
      observe: () => {},
    }));
    const [sink, caller] = [script.make("Sink", two), script.make("Caller", one)];
    for (let call = 0; call < 30; call++) {
      void caller(say("s", { sink, text: `c${call}` }));
      await nextTurn();
    }
    await until(() => seen.length === 30, { what: "all calls have come" });
    expect(seen).toEqual(Array.from({ length: 30 }, (_, call) => `c${call}`));
  });
});
