import * as fc from "fast-check";
import type { NestedCall } from "../../fixtures/property/nestedCalls.js";
import type { Delay } from "../../fixtures/property/scribeConfig.js";
import type { AgentPlan, Item, Program, Step } from "./program.js";

/** Indexes that a program resolves by what it has: any number will do. */
const anyIndex = fc.nat(30);

const text = fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "hä?");
const delay = fc.constantFrom<Delay[]>("none", "none", "microtask", "immediate", "timer", "spin");

const item: fc.Arbitrary<Item> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("text" as const), text }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("bytes" as const), text, sizeBytes: fc.constantFrom(0, 5, 70_000) }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("slot" as const), slot: anyIndex }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("later" as const), text, slot: anyIndex }) },
);

const input = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("none" as const) }) },
  { weight: 6, arbitrary: item },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("list" as const), items: fc.array(item, { maxLength: 4 }) }),
  },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("call" as const), agent: anyIndex, input }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("observe" as const), agent: anyIndex, input }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("note" as const),
      agent: anyIndex,
      text,
      about: fc.option(anyIndex, { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("get" as const), agent: anyIndex }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("introduce" as const), helper: anyIndex }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("await" as const),
      slot: anyIndex,
      field: fc.constantFrom("message" as const, "content" as const, "name" as const),
      change: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("pause" as const), delay }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("drop" as const), slot: anyIndex }) },
);

function plan(index: number, serverCount: number): fc.Arbitrary<AgentPlan> {
  return fc.record({
    name: fc.constant(`S${index}`),
    form: fc.constantFrom("plain" as const, "toDist" as const, "toDist" as const, "config" as const, "config" as const),
    place: fc.oneof(
      { weight: 1, arbitrary: fc.constant("main" as const) },
      { weight: 2, arbitrary: fc.constant("child" as const) },
      { weight: 4, arbitrary: fc.nat(serverCount - 1) },
    ),
    delay,
    output: fc.constantFrom("text" as const, "text" as const, "parts" as const, "large" as const),
    failEvery: fc.constantFrom(0, 0, 0, 3, 7),
    broken: fc.constantFrom("no", "no", "no", "no", "no", "no", "no", "no", "constructor", "setup"),
    nested: fc.array(
      fc.constantFrom<NestedCall[]>("await", "tolerate", "forget", "observe", "chain", "list", "carry", "forward"),
      { minLength: 1, maxLength: 4 },
    ),
    owner: index === 0 ? fc.constant(undefined) : fc.option(fc.nat(index - 1), { nil: undefined }),
    given: fc.constantFrom("config" as const, "message" as const),
  });
}

/** Any program whose agents' transcripts are determined: each agent is called by the script, or by one other agent. */
export function arbitraryProgram({ serverCount }: { serverCount: number }): fc.Arbitrary<Program> {
  return fc
    .integer({ min: 1, max: 6 })
    .chain((count) =>
      fc.record({
        agents: fc.tuple(...Array.from({ length: count }, (_, index) => plan(index, serverCount))),
        steps: fc.array(step, { minLength: 1, maxLength: 30, size: "max" }),
      }),
    )
    .map(({ agents, steps }) => ({ agents: agents.map((each) => consistent(each, agents)), steps }));
}

/** Leaves out what has more than one right result. */
function consistent(agent: AgentPlan, agents: readonly AgentPlan[]): AgentPlan {
  // An agent that can't be constructed is none; only a handle can be there nevertheless.
  const broken = agent.broken === "constructor" && agent.form !== "config" ? "setup" : agent.broken;
  const helpers = agents.filter(({ owner }) => owner !== undefined && agents[owner]?.name === agent.name);
  // A call that was given a failed result, of an agent that can't be made: either is a reason.
  const mayChain = helpers.every((helper) => helper.broken === "no");
  const nested = mayChain ? agent.nested : agent.nested.filter((call) => call !== "chain" && call !== "list");
  return { ...agent, broken, nested };
}
