import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { AgentScopeError } from "../../src/errors.js";
import { setAwaitHook } from "../../src/messages/callResult.js";
import type { Msg } from "../../src/messages/msg.js";
import type { Placeholder } from "../../src/messages/placeholder.js";
import { Task } from "../../src/runtime/task.js";
import { until } from "../until.js";
import { type Behavior, addAgent, openResult, say, type TestHandle } from "./hosts.js";
import { MemoryNetwork, type MemoryProcess } from "./memoryNetwork.js";

/** What an agent of these tests does when it is called: it calls others, by name, and waits for them or not. */
type Action = (others: Record<string, TestHandle>, input: Msg) => unknown;

/** Agents by name, each in one of the processes, that know each other; where each is, and what it does. */
async function meet(
  agents: Record<string, { at: MemoryProcess | "script"; does: Action; setup?: Behavior["setup"] }>,
  script: MemoryProcess,
): Promise<Record<string, TestHandle>> {
  const known: Record<string, TestHandle> = {};
  const { network } = script;
  for (const [name, { at, does, setup }] of Object.entries(agents)) {
    let others: Record<string, TestHandle> = {};
    const behavior: Behavior = {
      reply: async (input: Msg) => say(name, (await does(others, input)) ?? name),
      observe: (input: Msg<Record<string, TestHandle>>) => {
        others = input.content;
      },
      ...(setup !== undefined && { setup }),
    };
    network.define(name, () => addable(behavior));
    known[name] = at === "script" ? addAgent(script.host, name, behavior).handle : script.make(name, at);
  }
  await Promise.all(Object.values(known).map((agent) => agent.observe(say("script", known))));
  return known;
}

function addable(behavior: Behavior): { reply(input?: unknown): unknown; observe(input?: unknown): unknown } {
  return Object.create(behavior) as { reply(): unknown; observe(): unknown };
}

async function failureOf(result: PromiseLike<unknown>, network: MemoryNetwork): Promise<AgentScopeError | undefined> {
  const error = Promise.resolve(result).then(
    () => undefined,
    (thrown: unknown) => thrown as AgentScopeError,
  );
  return Promise.race([error, forLong(network)]);
}

async function forLong(network: MemoryNetwork): Promise<never> {
  await network.settle();
  for (let turn = 0; turn < 300; turn++) await nextTurn();
  throw new Error("the call waits for ever");
}

/** The way around in a message such as `… wait for itself: B → A → B. B is busy …`, from its first name in the alphabet on. */
function circleIn(error: AgentScopeError | undefined): string | undefined {
  const way = /would wait for itself: (.*?)\. /.exec(error?.message ?? "")?.[1]?.split(" → ") ?? [];
  if (way.length < 2 || way[0] !== way.at(-1)) return `no circle: ${way.join(" → ")}`;
  const around = way.slice(1);
  const first = around.indexOf(around.toSorted()[0] as string);
  return [...around.slice(first), ...around.slice(0, first)].join(" → ");
}

afterEach(() => setAwaitHook());

const calls =
  (name: string): Action =>
  (others, input) =>
    others[name]?.(input);

describe("a cycle of calls that would wait for itself", () => {
  const network = () => {
    const net = new MemoryNetwork();
    const script = net.add();
    const [one, two, three] = [1, 2, 3].map((port) => net.add({ address: `127.0.0.1:${port}` })) as [
      MemoryProcess,
      MemoryProcess,
      MemoryProcess,
    ];
    return { net, script, one, two, three };
  };

  /** Where the agents are; all are at the same place unless told. */
  const places = {
    "all in the main process": () => ["script", "script", "script"] as const,
    "all on one server": ({ one }: ReturnType<typeof network>) => [one, one, one] as const,
    "each on a server of its own": ({ one, two, three }: ReturnType<typeof network>) => [one, two, three] as const,
    "on a server, in the main process, and on another server": ({ one, two }: ReturnType<typeof network>) =>
      [one, "script", two] as const,
    "two in the main process, one on a server": ({ one }: ReturnType<typeof network>) =>
      ["script", one, "script"] as const,
  };

  describe.each(Object.entries(places))("%s", (_where, place) => {
    it("of an agent that calls itself is told at once, by its name", async () => {
      const net = network();
      const [first] = place(net);
      const { A } = await meet({ A: { at: first, does: calls("A") } }, net.script);
      const error = await failureOf((A as TestHandle)(say("script", 1)), net.net);
      expect(error).toMatchObject({ code: "CALL_CYCLE", agentName: "A" });
      expect(circleIn(error)).toBe("A");
    });

    it("of two agents is told at once, by their names", async () => {
      const net = network();
      const [first, second] = place(net);
      const agents = { A: { at: first, does: calls("B") }, B: { at: second, does: calls("A") } };
      const { A } = await meet(agents, net.script);
      const error = await failureOf((A as TestHandle)(say("script", 1)), net.net);
      expect(error?.code).toBe("CALL_CYCLE");
      expect(circleIn(error)).toBe("A → B");
    });

    it("of three agents is told at once, by their names", async () => {
      const net = network();
      const [first, second, third] = place(net);
      const { A } = await meet(
        {
          A: { at: first, does: calls("B") },
          B: { at: second, does: calls("C") },
          C: { at: third, does: calls("A") },
        },
        net.script,
      );
      const error = await failureOf((A as TestHandle)(say("script", 1)), net.net);
      expect(error?.code).toBe("CALL_CYCLE");
      expect(circleIn(error)).toBe("A → B → C");
    });

    it("by an input that waits for it is told: the call that awaits is not the one that closes the circle", async () => {
      const net = network();
      const [first, second] = place(net);
      const { A } = await meet(
        {
          // Its own call waits for its turn to end, and B waits for that call's result.
          A: { at: first, does: ({ A: self, B }, { content }) => (content === 1 ? B?.(self?.(say("A", 2))) : "fine") },
          B: { at: second, does: () => "fine" },
        },
        net.script,
      );
      const error = await failureOf((A as TestHandle)(say("script", 1)), net.net);
      expect(error?.code).toBe("CALL_CYCLE");
      expect(circleIn(error)).toBe("A → B");
    });

    it("leaves the agents as they are, for their next calls", async () => {
      const net = network();
      const [first, second] = place(net);
      const agents = {
        A: { at: first, does: (({ B }, input) => (input.content === "stop" ? "fine" : B?.(input))) as Action },
        B: { at: second, does: calls("A") },
      };
      const { A, B } = (await meet(agents, net.script)) as { A: TestHandle; B: TestHandle };
      expect(await failureOf(A(say("script", 1)), net.net)).toMatchObject({ code: "CALL_CYCLE" });
      expect(await failureOf(A(say("script", "stop")), net.net)).toBeUndefined();
      expect(await failureOf(B(say("script", "stop")), net.net)).toBeUndefined();
      expect(net.net.failures).toEqual([]);
    });

    it("is none when an agent calls itself, or who called it, and does not wait", async () => {
      const net = network();
      const [first, second] = place(net);
      const seen: string[] = [];
      const { A } = await meet(
        {
          A: {
            at: first,
            does: ({ A: self, B }, input) => {
              seen.push(`A ${String(input.content)}`);
              if (input.content !== "begin") return "end";
              self?.(say("A", "again"));
              return B?.(say("A", "go"));
            },
          },
          B: {
            at: second,
            does: ({ A: caller }, input) => {
              seen.push(`B ${String(input.content)}`);
              caller?.(say("B", "back"));
              return "fine";
            },
          },
        },
        net.script,
      );
      expect(await failureOf((A as TestHandle)(say("script", "begin")), net.net)).toBeUndefined();
      await net.net.settle();
      expect(seen.slice(0, 2)).toEqual(["A begin", "B go"]);
      expect(seen.toSorted()).toEqual(["A again", "A back", "A begin", "B go"]);
    });

    it("is none when a call's end is looked after, but nobody waits for it", async () => {
      const net = network();
      const [first, second] = place(net);
      const seen: unknown[] = [];
      const { A } = await meet(
        {
          A: {
            at: first,
            does: async ({ A: self, B }, input) => {
              if (input.content !== "begin") return "end";
              self?.(say("A", "again")).catch((thrown: unknown) => seen.push(thrown));
              B?.(say("A", "call me back")).then(
                ({ content }) => seen.push(content),
                (thrown: unknown) => seen.push(thrown),
              );
              // Meanwhile B waits for an answer of this agent.
              for (let turn = 0; turn < 30; turn++) await nextTurn();
              return "fine";
            },
          },
          B: {
            at: second,
            does: ({ A: caller }) => caller?.(say("B", "back")).then(({ content }) => `A said ${content}`),
          },
        },
        net.script,
      );
      expect(await failureOf((A as TestHandle)(say("script", "begin")), net.net)).toBeUndefined();
      await net.net.settle();
      await until(() => seen.length > 0, { what: "what B said" });
      expect(seen).toEqual(["A said end"]);
    });

    it.each<[string, (result: Placeholder) => unknown]>([
      ["by then", (result) => result.then((message) => message.content)],
      ["by catch", (result) => result.catch((thrown: unknown) => Promise.reject(thrown as Error))],
      ["by finally", (result) => result.finally(() => {})],
      ["by a field and then", (result) => result.content.then((content) => content)],
      ["by then, and then again", (result) => result.then((message) => message).then((message) => message.content)],
      ["among others", (result) => Promise.all([nextTurn(), result])],
      ["against a time limit", (result) => Promise.race([result.then(() => 1), new Promise(() => {})])],
      ["in a function of its own", async (result) => ({ message: await result })],
    ])("is told where it is awaited in another way: %s", async (_how, wait) => {
      const net = network();
      const [first, second] = place(net);
      const { A } = await meet(
        {
          A: { at: first, does: ({ B }, input) => wait(B?.(input) as Placeholder) },
          B: { at: second, does: ({ A: caller }, input) => wait(caller?.(input) as Placeholder) },
        },
        net.script,
      );
      const error = await failureOf((A as TestHandle)(say("script", 1)), net.net);
      expect(error?.code).toBe("CALL_CYCLE");
    });

    it("is none when many wait for one that is busy", async () => {
      const net = network();
      const [first, second, third] = place(net);
      const late = openResult();
      const { A, B } = (await meet(
        {
          A: { at: first, does: calls("C") },
          B: { at: second, does: calls("C") },
          C: { at: third, does: () => late.then(() => "fine") },
        },
        net.script,
      )) as { A: TestHandle; B: TestHandle };
      const both = Promise.all([A(say("script", 1)), B(say("script", 2))]);
      await net.net.settle();
      late.fulfil(1);
      expect(await failureOf(both, net.net)).toBeUndefined();
    });
  });

  it.each(["one server", "two servers"])(
    "is looked for a few times at each of the calls that share their inputs, on %s",
    async (where) => {
      const { net, script, one, two } = network();
      const gate = openResult();
      net.define("Echo", () =>
        addable({ reply: (input: Msg) => say("Echo", Array.isArray(input) ? input.length : 1) }),
      );
      net.define("Conductor", () =>
        addable({
          reply: async ({ content }: Msg<{ gate: PromiseLike<Msg>; left: TestHandle; right: TestHandle }>) => {
            const { left, right } = content;
            let x = left(content.gate);
            // Each round doubles the ways from the last result to the first.
            for (let round = 0; round < 40; round++) x = left([left(x), right(x)]);
            return say("Conductor", await x.content);
          },
        }),
      );
      const [left, right] = [script.make("Echo", one), script.make("Echo", where === "one server" ? one : two)];
      const looked = vi.spyOn(Task.prototype, "isNewTo");
      onTestFinished(() => looked.mockRestore());
      const done = script.make("Conductor", one)(say("script", { gate, left, right }));
      for (let turn = 0; turn < 100; turn++) await nextTurn();
      gate.fulfil(say("script", "go"));
      expect(await done.content).toBe(2);
      expect(looked.mock.calls.length).toBeLessThan(40 * 40);
      expect(net.failures).toEqual([]);
    },
  );

  it("is looked for once at each of thousands of calls that wait for each other", { timeout: 60_000 }, async () => {
    const looked = vi.spyOn(Task.prototype, "isNewTo");
    onTestFinished(() => looked.mockRestore());
    const { net, script, one, two } = network();
    const gate = openResult();
    net.define("Echo", () => addable({ reply: (input: Msg) => say("Echo", input.content) }));
    net.define("Conductor", () =>
      addable({
        reply: async ({ content }: Msg<{ gate: PromiseLike<Msg>; echo: TestHandle }>) => {
          let x = content.echo(content.gate);
          for (let round = 0; round < 5000; round++) x = content.echo(x);
          return say("Conductor", await x.content);
        },
      }),
    );
    for (const place of [one, two]) {
      const echo = script.make("Echo", place);
      looked.mockClear();
      const done = script.make("Conductor", one)(say("script", { gate, echo }));
      for (let turn = 0; turn < 100; turn++) await nextTurn();
      gate.fulfil(say("script", "go"));
      expect(await done.content).toBe("go");
      expect(looked.mock.calls.length).toBeLessThan(5 * 5000);
    }
  });

  it("is looked for a few times at each of thousands of calls at once", { timeout: 60_000 }, async () => {
    const looked = vi.spyOn(Task.prototype, "isNewTo");
    onTestFinished(() => looked.mockRestore());
    const { net, script, one, two } = network();
    net.define("Echo", () => addable({ reply: (input: Msg) => nextTurn().then(() => say("Echo", input.content)) }));
    net.define("Conductor", () =>
      addable({
        reply: async ({ content }: Msg<TestHandle>) => {
          const asked = Array.from({ length: 5000 }, (_, index) => content(say("Conductor", index)));
          return say("Conductor", (await Promise.all(asked)).length);
        },
      }),
    );
    for (const place of [one, two]) {
      looked.mockClear();
      expect(await script.make("Conductor", one)(say("script", script.make("Echo", place))).content).toBe(5000);
      expect(looked.mock.calls.length).toBeLessThan(5 * 5000);
    }
  });

  it("through an agent that was passed on while its server was still being reached is told", async () => {
    const { net, script, one, two } = network();
    net.define("B", () =>
      addable({
        reply: async ({ content }: Msg<{ back: TestHandle }>) => say("B", await content.back(say("B", "x"))),
      }),
    );
    net.define("A", () =>
      addable({
        reply: async ({ content }: Msg<{ next: TestHandle; back: TestHandle }>) =>
          say("A", await content.next(say("A", { back: content.back }))),
      }),
    );
    const [A, B] = [script.make("A", one), script.make("B", two)];
    // Neither connection is open yet: the references lead through the main process.
    const error = await failureOf(A(say("script", { next: B, back: A })), net);
    expect(error?.code).toBe("CALL_CYCLE");
    expect(circleIn(error)).toBe("A → B");
  });

  it("through an input whose agent's server was reached only after it was passed on is told", async () => {
    const { net, script, one, two, three } = network();
    three.openingTurns = 20;
    net.define("A", () =>
      addable({
        reply: async ({ content }: Msg<{ later?: PromiseLike<Msg> }>) => say("A", (await content.later)?.content ?? 0),
      }),
    );
    net.define("B", () => addable({ reply: (input: Msg) => say("B", input.content) }));
    net.define("C", () =>
      addable({
        // Waits until A waits for what B makes of this answer.
        reply: async ({ content }: Msg<{ A: TestHandle; gate: PromiseLike<Msg> }>) => {
          await content.gate;
          return say("C", await content.A(say("C", {})));
        },
      }),
    );
    const [A, B, C] = [script.make("A", one), script.make("B", two), script.make("C", three)];
    const gate = openResult();
    const fromC = C(say("script", { A, gate }));
    const fromA = A(say("script", { later: B(fromC) }));
    await net.settle();
    gate.fulfil(say("script", "go"));
    const error = await failureOf(fromA, net);
    expect(error?.code).toBe("CALL_CYCLE");
    expect(JSON.stringify(error?.message)).toContain("would wait for itself");
  });
});
