import { setImmediate as nextTurn } from "node:timers/promises";
import * as fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { setAwaitHook } from "../../src/messages/callResult.js";
import type { Msg } from "../../src/messages/msg.js";
import { addAgent, makeHost, say, type TestHandle } from "../runtime/hosts.js";
import { MemoryNetwork, type MemoryProcess } from "../runtime/memoryNetwork.js";
import { failure, world } from "../runtime/world.js";
import { type Life, ToldLifes } from "./toldLifes.js";

vi.setConfig({ testTimeout: 60_000 });

/** Whom an agent calls in its turn, and how. */
interface Plan {
  calls: { to: number; how: "await" | "forget" | "input" | "fail"; plan: Plan }[];
}

const agentCount = 4;

function plans(depth: number): fc.Arbitrary<Plan> {
  if (depth === 0) return fc.constant({ calls: [] });
  const how = fc.constantFrom<Plan["calls"][number]["how"][]>("await", "forget", "input", "fail");
  const call = fc.record({ to: fc.nat(agentCount - 1), how, plan: plans(depth - 1) });
  return fc.record({ calls: fc.array(call, { maxLength: 3 }) });
}

const places = fc.array(fc.constantFrom("script", "one", "two"), { minLength: agentCount, maxLength: agentCount });

/** Agents of three processes that call each other as they are told. */
class Program {
  readonly net = new MemoryNetwork();
  private readonly script = this.net.add();
  private readonly agents: TestHandle[];
  private readonly results: PromiseLike<unknown>[] = [];

  constructor(where: readonly string[]) {
    const servers: Record<string, MemoryProcess> = {
      one: this.net.add({ address: "127.0.0.1:1" }),
      two: this.net.add({ address: "127.0.0.1:2" }),
    };
    this.agents = where.map((place, index) => this.agent(`A${index}`, servers[place]));
  }

  private agent(name: string, at: MemoryProcess | undefined): TestHandle {
    let others: TestHandle[] = [];
    const behavior = {
      observe: ({ content }: Msg<TestHandle[]>) => {
        others = content;
      },
      reply: async ({ content }: Msg<Plan | "fail">) => {
        if (content === "fail") throw new RangeError("told to");
        await this.follow(content, others);
        return say(name, { calls: [] });
      },
    };
    this.net.define(name, () => behavior);
    return at === undefined ? addAgent(this.script.host, name, behavior).handle : this.script.make(name, at);
  }

  private async follow({ calls }: Plan, agents: readonly TestHandle[]): Promise<void> {
    for (const { to, how, plan } of calls) {
      const agent = agents[to] as TestHandle;
      const result = agent(say("caller", how === "fail" ? "fail" : plan));
      this.results.push(result);
      if (how === "await") await settled(result);
      else if (how === "input") this.results.push(agent(result));
      else if (plan.calls.length % 2 === 1) await nextTurn();
    }
  }

  /** Gives how many calls were made. */
  async run(plan: Plan): Promise<number> {
    await Promise.all(this.agents.map((agent) => agent.observe(say("script", this.agents))));
    await settled((this.agents[0] as TestHandle)(say("script", plan)));
    for (let next = 0; next < this.results.length; ) {
      await settled(this.results[next++] as PromiseLike<unknown>);
      if (next === this.results.length) await this.net.settle();
    }
    return agentCount + 1 + this.results.length;
  }
}

const settled = (result: PromiseLike<unknown>): Promise<void> =>
  Promise.resolve(result).then(
    () => undefined,
    () => undefined,
  );

afterEach(() => setAwaitHook());

/** Of one order of events in time. */
function expectInOrder(life: Life): void {
  const [made, arrived, begun] = [life.made[0], life.arrived[0], life.begun[0]].map((told) => told?.event[3]);
  const ended = life.ended[0]?.event[3];
  const times = [made, arrived, begun, ended].filter((time) => time !== undefined);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const orders = [life.arrived[0], life.begun[0], life.ended[0]].flatMap((told) => told?.order ?? []);
  expect(orders).toEqual([...orders].sort((a, b) => a - b));
}

describe("the lifes of calls, as both ends tell them", () => {
  it("are whole: of each call when it was made, by whom, when its turn began, and how it ended", async () => {
    await fc.assert(
      fc.asyncProperty(places, plans(3), async (where, plan) => {
        using told = new ToldLifes();
        const program = new Program(where);
        const calls = await program.run(plan);
        const lifes = told.all;
        // Who passes calls on to an agent of the script makes a call of its own.
        const relayed = lifes.filter(({ arrived, made }) => arrived.length > 0 && made.length === 0);
        expect(relayed).toEqual([]);
        expect(lifes.length).toBeGreaterThanOrEqual(calls);
        expect(told.untold).toBe(0);
        for (const life of lifes) {
          // Once more when it was given a result of a call that could not be sent yet.
          expect([1, 2]).toContain(life.made.length);
          expect(life.arrived.length).toBeLessThanOrEqual(1);
          expect(life.begun.length).toBeLessThanOrEqual(life.arrived.length);
          expect(new Set(life.ended.map(({ event }) => event[4].outcome)).size).toBe(1);
          // By the end where the agent lives, and by the one that has made the call; they can be the same.
          expect(life.ended.length).toBe(life.id.startsWith("thread-local") ? 1 : life.arrived.length + 1);
          expectInOrder(life);
          const outer = told.lifes.get(life.made[0]?.event[7].turnOf ?? "");
          if (outer === undefined) continue;
          expect(outer.begun[0]?.order).toBeLessThan(life.made[0]?.order ?? 0);
        }
        expect(program.net.failures).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("name the calls whose results were given, also where those were not sent yet", async () => {
    using told = new ToldLifes();
    const { net, script, one, two } = world();
    two.openingTurns = 20;
    const early = script.make("Echo", one);
    await early(say("script", "ready"));
    const late = script.make("Echo", two);
    const [first, second] = [late(say("script", 1)), early(say("script", 2))];
    await early([first, second] as never);
    await net.settle();
    const lifes = told.all;
    const [given] = lifes.filter(({ made }) => (made[0]?.event[6].length ?? 0) > 0);
    const inputs = given?.made.at(-1)?.event[6] ?? [];
    expect(inputs).toHaveLength(2);
    expect(inputs.map((id) => told.lifes.get(id)?.ended[0]?.event[4].outcome)).toEqual(["ready", "ready"]);
    expect(inputs.map((id) => id.split(".")[0])).toEqual([
      script.sessionTo(two).callerName.split(".")[0],
      script.sessionTo(one).callerName.split(".")[0],
    ]);
  });

  it("say how a call failed: its own error, that of its input, a lost server, a dropped value", async () => {
    using told = new ToldLifes();
    const { net, script, one } = world({ maxPoolSize: 2 });
    const [failing, echo, large] = [script.make("Failing", one), script.make("Echo", one), script.make("Large", one)];
    await failure(echo(failing(say("script", ""))));
    const kept = large(say("script", ""));
    await net.settle();
    await Promise.all([1, 2, 3].map((number) => settled(echo(say("script", number)))));
    const open = [echo(say("script", "never")), large(kept)];
    const lost = new Error("the test cuts the connection");
    script.connections.get(one)?.lost(Object.assign(lost, { code: "SERVER_NOT_ALIVE", chain: [] }) as never);
    await Promise.all(open.map(settled));
    const ends = told.all.flatMap(({ ended }) => ended.map(({ event }) => event[4]));
    const errors = ends.map((end) => (end.outcome === "ready" ? "ready" : `${end.outcome}: ${end.error}`));
    expect(errors.filter((error) => error.includes("boom") && error.startsWith("failed: "))).not.toEqual([]);
    expect(errors.filter((error) => error.startsWith("failed: ") && error.includes("was not run"))).not.toEqual([]);
    expect(errors.filter((error) => error.startsWith("expired: its value was dropped"))).toHaveLength(1);
    expect(errors.filter((error) => error.startsWith("lost: the test cuts"))).not.toEqual([]);
    const sizes = ends.map((end) => (end.outcome === "ready" ? (end.sizeBytes ?? 0) : 0));
    expect(Math.max(...sizes)).toBeGreaterThan(300_000);
  });

  it("of local agents say where in the script the calls were made", async () => {
    using told = new ToldLifes(() => "script.ts:3:4");
    const host = makeHost();
    const inner = addAgent(host, "Inner", {}).handle;
    const outer = addAgent(host, "Outer", { reply: async (x: unknown) => inner(x) }).handle;
    await outer(say("script", "x"));
    const origins = told.all.map((life) => [told.agentOf(life), life.made[0]?.event[7]]);
    expect(origins).toEqual([
      ["Outer", { at: "script.ts:3:4" }],
      ["Inner", { turnOf: told.all[0]?.id }],
    ]);
  });

  it("are told of a part of very many calls, each of them whole, and the others are counted", async () => {
    using told = new ToldLifes();
    const { net, script, one } = world();
    const echo = script.make("Echo", one);
    const calls = 20_000;
    for (let sent = 0; sent < calls; sent += 5000) {
      await Promise.all(Array.from({ length: 5000 }, () => echo(say("script", "x"))));
    }
    await net.settle();
    const made = told.all.filter((life) => life.made.length > 0);
    expect(made.length + told.untold).toBe(calls);
    expect(made.length).toBeGreaterThan(1000);
    expect(made.length).toBeLessThan(10_000);
    for (const life of made) expect(life.ended.length).toBeGreaterThanOrEqual(1);
    expect(told.batches.every(({ events }) => events.length <= 2000)).toBe(true);
  });

  it("cost nothing and are told to nobody when nobody watches", async () => {
    const lifes = new ToldLifes();
    lifes[Symbol.dispose]();
    const { script, one } = world();
    await script.make("Echo", one)(say("script", "x"));
    expect(lifes.all).toEqual([]);
  });
});
