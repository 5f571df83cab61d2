import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { setAwaitHook } from "../../src/messages/callResult.js";
import { Msg } from "../../src/messages/msg.js";
import { Placeholder } from "../../src/messages/placeholder.js";
import { collectGarbage, collectUntil } from "../gc.js";
import { addAgent, openResult, say } from "./hosts.js";
import type { MemoryProcess } from "./memoryNetwork.js";
import { failure, world } from "./world.js";

afterEach(() => setAwaitHook());

const bytesFrom = (process: MemoryProcess, to: MemoryProcess): number => process.network.sentBytes(process, to);

describe("a result that is passed on", () => {
  it("goes from server to server, and not through the script, at once", async () => {
    const { net, script, one, two } = world();
    const [a, b] = [script.make("Large", one), script.make("Echo", two)];
    const result = await b(a());
    expect(result.content).toHaveLength(300_000);
    expect(bytesFrom(one, script)).toBeLessThan(2000);
    expect(bytesFrom(one, two)).toBeGreaterThan(300_000);
    expect(bytesFrom(two, script)).toBeGreaterThan(300_000);
    expect(net.failures).toEqual([]);
  });

  it("is fetched once by a server, however many of its agents are given it", async () => {
    const { script, one, two } = world();
    const a = script.make("Large", one);
    const agents = [script.make("Log", two), script.make("Log", two), script.make("Log", two)];
    const large = a();
    await Promise.all(agents.map((agent) => agent.observe(large)));
    expect(bytesFrom(one, two)).toBeLessThan(400_000);
  });

  it("can be passed on before anything was sent, and before the call has arrived where it goes", async () => {
    const { script, one, two } = world();
    one.openingTurns = 20;
    const [a, b] = [script.make("Echo", one), script.make("Echo", two)];
    expect(await b(b(a(say("s", "through all")))).content).toBe("through all");
  });

  it("stands for itself in a message: awaiting it gives the message, and its fields", async () => {
    const { net, script, one, two } = world();
    net.define("Reader", () => ({
      reply: async ({ content }: Msg<{ later: Placeholder }>) => {
        const [whole, text] = [await content.later, await content.later.content];
        return say("Reader", [content.later instanceof Placeholder, whole instanceof Msg, text]);
      },
      observe: () => {},
    }));
    for (const [maker, reader] of [
      [one, one],
      [one, two],
    ] as const) {
      const [a, r] = [script.make("Echo", maker), script.make("Reader", reader)];
      const later = a(say("s", "hello"));
      const expected = [true, true, "hello"];
      expect(await r(say("s", { later })).content).toEqual(expected);
      expect(
        await r(
          say("s", {
            later: await later.then(
              () => later,
              () => later,
            ),
          }),
        ),
      ).toBeDefined();
      const { handle: local } = addAgent(script.host, "local", {
        reply: () => nextTurn().then(() => say("l", "hello")),
      });
      expect(await r(say("s", { later: local() })).content).toEqual(expected);
    }
  });

  it("is there for who was given it in a message, also when nothing here refers to it any more", async () => {
    const { net, script, one, two } = world();
    net.define("Late", () => {
      const given: PromiseLike<Msg<string>>[] = [];
      return {
        observe: ({ content }: Msg<{ later: PromiseLike<Msg<string>> }>) => void given.push(content.later),
        reply: async () =>
          say(
            "Late",
            (await Promise.all(given)).map(({ content }) => content.length),
          ),
      };
    });
    const [large, echo, late] = [script.make("Large", one), script.make("Echo", one), script.make("Late", two)];
    const give = (later: unknown): PromiseLike<unknown> => late.observe(say("s", { later }));
    // Before it is made, and when it waits on its server to be fetched.
    await Promise.all([give(large()), give(echo(say("s", "small")))]);
    await (async () => {
      const ready = large();
      await net.settle();
      await give(ready);
    })();
    for (let round = 0; round < 10; round++) {
      await collectGarbage();
      await pause(10);
    }
    expect(await late().content).toEqual([300_000, 5, 300_000]);
  });

  it("and is never read takes no place for ever where it went", async () => {
    const { net, script, one, two } = world();
    const [large, echo] = [script.make("Large", one), script.make("Echo", two)];
    for (let round = 0; round < 20; round++) await echo.observe(say("s", { later: large() }));
    await net.settle();
    const waiting = () => two.endpoint.waitingForOthers;
    await collectUntil(() => waiting() === 0);
    expect(waiting()).toBe(0);
  });

  it("of a local agent follows its call, which keeps its place", async () => {
    const { script, one, log } = world();
    const logger = script.make("Log", one);
    const late = openResult();
    const { handle: local } = addAgent(script.host, "local", { reply: () => late });
    logger.observe(local());
    const second = logger.observe(say("s", "second"));
    await script.network.settle();
    expect(log).toEqual([]);
    late.fulfil(say("local", "first"));
    await second;
    expect(log).toEqual(["first", "second"]);
  });

  it("that failed fails the call it is given to, whether it was awaited before or not", async () => {
    const { script, one, two } = world();
    const [failing, b, c] = [script.make("Failing", one), script.make("Echo", two), script.make("Echo", one)];
    const failed = failing();
    const fresh = await failure(b(failed));
    await failure(failed);
    const awaited = await failure(b(failed));
    const listed = await failure(c([say("s", 1), b(failed)]));
    for (const error of [fresh, awaited, listed]) {
      expect(error).toMatchObject({ code: "AGENT_FAILED", agentName: "Failing", server: "127.0.0.1:1" });
      expect(error.cause).toMatchObject({ name: "RangeError", message: "boom" });
    }
    expect([fresh, awaited, listed].map(({ chain }) => chain.map(({ name }) => name).join())).toEqual([
      "Echo",
      "Echo",
      "Echo,Echo",
    ]);
  });

  it("keeps its error on the way over other servers, also where the call was refused", async () => {
    const { script, one, two } = world();
    const [gone, b] = [script.make("Echo", one), script.make("Echo", two)];
    await gone();
    const [id] = [...one.host.agents.keys()];
    await one.host.delete(id as string);
    const refused = gone(say("s", 1));
    expect(await failure(b(refused))).toMatchObject({ code: "AGENT_NOT_FOUND" });
    expect(await failure(refused)).toMatchObject({ code: "AGENT_NOT_FOUND" });
  });
});
