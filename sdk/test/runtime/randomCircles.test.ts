import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { AgentScopeError } from "../../src/errors.js";
import { setAwaitHook } from "../../src/messages/callResult.js";
import type { Msg } from "../../src/messages/msg.js";
import { addAgent, say, type TestHandle } from "./hosts.js";
import { MemoryNetwork, type MemoryProcess } from "./memoryNetwork.js";

/** What an agent is told to do: whom to call, one after the other, what those are to do, and whether to wait for it. */
interface Plan {
  calls: { to: number; how: "await" | "all" | "forget" | "look after" | "input"; plan: Plan }[];
}

const agentCount = 4;

function plans(how: fc.Arbitrary<Plan["calls"][number]["how"]>, depth: number): fc.Arbitrary<Plan> {
  if (depth === 0) return fc.constant({ calls: [] });
  const call = fc.record({ to: fc.nat(agentCount - 1), how, plan: plans(how, depth - 1) });
  return fc.record({ calls: fc.array(call, { maxLength: 3 }) });
}

const places = fc.array(fc.constantFrom("script", "one", "two"), { minLength: agentCount, maxLength: agentCount });

class World {
  readonly net = new MemoryNetwork();
  readonly script = this.net.add();
  /** Every call that an agent has made. */
  private readonly results: PromiseLike<unknown>[] = [];
  readonly agents: TestHandle[];

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
      reply: async ({ content }: Msg<Plan>) => {
        await this.follow(content, others);
        return say(name, { calls: [] });
      },
    };
    this.net.define(name, () => behavior);
    return at === undefined ? addAgent(this.script.host, name, behavior).handle : this.script.make(name, at);
  }

  private async follow({ calls }: Plan, others: readonly TestHandle[]): Promise<void> {
    const together: unknown[] = [];
    for (const { to, how, plan } of calls) {
      const agent = others[to] as TestHandle;
      const result = agent(say("caller", plan));
      if (how === "look after") result.then(String, String);
      this.results.push(result);
      if (how === "await") await result;
      else if (how === "all") together.push(result);
      else if (how === "input") await agent(result);
      else if (plan.calls.length % 2 === 1) await nextTurn();
    }
    await Promise.all(together);
  }

  async run(plan: Plan): Promise<(string | undefined)[]> {
    await Promise.all(this.agents.map((agent) => agent.observe(say("script", this.agents))));
    const first = codeOf((this.agents[0] as TestHandle)(say("script", plan)));
    const codes = [await inTime(first)];
    // A call that nobody waited for may still make others.
    for (let next = 0; !(await this.isQuiet(next)); ) {
      for (; next < this.results.length; next++) {
        codes.push(await inTime(codeOf(this.results[next] as PromiseLike<unknown>)));
      }
    }
    return codes;
  }

  private async isQuiet(count: number): Promise<boolean> {
    await this.net.settle();
    for (let turn = 0; turn < 10; turn++) await nextTurn();
    return this.results.length === count;
  }
}

function codeOf(result: PromiseLike<unknown>): Promise<string | undefined> {
  return Promise.resolve(result).then(
    () => undefined,
    (thrown: unknown) => (thrown as AgentScopeError).code,
  );
}

async function inTime(code: Promise<string | undefined>): Promise<string | undefined> {
  return Promise.race([code, pause(3000, "waits for ever", { ref: false })]);
}

/** Whether a plan whose calls are all awaited, one by one, calls an agent that waits for it. */
function closesCircle(agent: number, { calls }: Plan, busy: ReadonlySet<number> = new Set()): boolean {
  const waiting = new Set([...busy, agent]);
  return calls.some(({ to, plan }) => waiting.has(to) || closesCircle(to, plan, waiting));
}

afterEach(() => setAwaitHook());

describe("agents that call each other at random", () => {
  it("end with an error where a call would wait for itself, and only there, when each waits for each call", async () => {
    await fc.assert(
      fc.asyncProperty(places, plans(fc.constant("await" as const), 3), async (where, plan) => {
        const world = new World(where);
        const [first] = await world.run(plan);
        expect(first).toBe(closesCircle(0, plan) ? "CALL_CYCLE" : undefined);
        expect(world.net.failures).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it("end, whatever they wait for and how", async () => {
    const how = fc.constantFrom("await", "all", "forget", "look after", "input");
    await fc.assert(
      fc.asyncProperty(places, plans(how, 3), async (where, plan) => {
        const world = new World(where);
        const codes = await world.run(plan);
        expect(codes.filter((code) => code !== undefined && code !== "CALL_CYCLE" && code !== "CANCELLED")).toEqual([]);
        expect(world.net.failures).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it("end without error when nobody waits for anybody", async () => {
    const how = fc.constantFrom("forget", "look after");
    await fc.assert(
      fc.asyncProperty(places, plans(how, 3), async (where, plan) => {
        const codes = await new World(where).run(plan);
        expect(codes.filter((code) => code !== undefined)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
