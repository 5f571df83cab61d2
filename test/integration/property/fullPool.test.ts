import { type DistOptions, init, RpcAgentServerLauncher } from "agentscope-distributed";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NestedCall } from "../../fixtures/property/nestedCalls.js";
import { Scribe } from "../../fixtures/property/scribe.js";
import type { Report } from "../../fixtures/property/scribeConfig.js";
import { until } from "../../processes/until.js";
import { arbitraryProgram } from "./arbitraryProgram.js";
import { foreignFailures, isFailure, poolFailure } from "./poolFailures.js";
import type { Program, Step } from "./program.js";
import { onServers, runPrograms } from "./runPrograms.js";
import { sequentialRun } from "./sequentialRun.js";

// The random programs of transcripts.test.ts on servers that keep four results.
//
//   TINY_LIMITS_RUNS=300 npm run test:integration -- fullPool      without: a short form

const numRuns = Number(process.env["TINY_LIMITS_RUNS"] ?? 15);
const maxPoolSize = 4;
const timeoutMs = 60_000;

const launchers = [1, 2].map(
  () => new RpcAgentServerLauncher({ customAgentClasses: [Scribe], workers: 1, maxPoolSize }),
);
const program = arbitraryProgram({ serverCount: launchers.length }).map((random) =>
  onServers(random, launchers.length),
);

/** Nobody waits for what these leave behind. */
const leftBehind: NestedCall[] = ["forget"];

/** No agent has more than a pool's calls waiting for others at once, while the script awaits each of its own. */
function fitting({ agents, steps }: Program): Program {
  return {
    agents: agents
      .slice(0, maxPoolSize)
      .map((agent) => ({ ...agent, nested: agent.nested.filter((call) => !leftBehind.includes(call)) })),
    steps,
  };
}

/** Agents that have nothing to do with each other, and no result goes anywhere: what each sees is known, whatever is refused. */
function unconnected({ agents, steps }: Program): Program {
  const apart = agents.map((agent) => ({ ...agent, owner: undefined, broken: "no" as const }));
  return { agents: apart, steps: steps.flatMap((step) => unconnectedStep(step)) };
}

/** The script changes no message that it got: what was refused has none. */
function unchanging({ agents, steps }: Program): Program {
  return { agents, steps: steps.map((step) => (step.kind === "await" ? { ...step, change: false } : step)) };
}

function unconnectedStep(step: Step): Step[] {
  switch (step.kind) {
    case "note":
      return [{ ...step, about: undefined }];
    case "call":
    case "observe": {
      const { input } = step;
      const isApart = input.kind === "text" || input.kind === "bytes" || input.kind === "none";
      return [isApart ? step : { ...step, input: { kind: "none" } }];
    }
    case "pause":
      return [step];
    default:
      return [];
  }
}

/** What an agent should have seen: all of its calls in their order, but for those that were refused. */
function expectedSeen(random: Program, outcome: { slots: unknown[]; reports: unknown[] }, got: unknown[]): unknown[] {
  const calls = sequentialRun(random).steps.filter(({ kind }) => kind !== "pause") as { agent: number }[];
  return outcome.reports.map((report, agent) => {
    const kept = calls.flatMap((call, slot) => (call.agent === agent ? [isRefused(got[slot])] : []));
    const { seen } = report as Report;
    return seen.filter((_, index) => kept[index] !== true);
  });
}

function isRefused(result: unknown): boolean {
  return isFailure(result) && poolFailure(result, maxPoolSize) === "refused";
}

async function takesAsManyAsItKeeps(at: DistOptions): Promise<boolean> {
  const config = { delay: "none", output: "text", failEvery: 0, broken: "no", nested: [], helpers: [] } as const;
  const scribe = new Scribe({ name: "after", ...config }).toDist(at);
  const ends = await Promise.allSettled(Array.from({ length: maxPoolSize }, () => scribe.note("after")));
  return ends.every(({ status }) => status === "fulfilled");
}

describe("with pools of four results", { timeout: 7_200_000 }, () => {
  let servers: DistOptions[];

  beforeAll(async () => {
    init({ studioUrl: "off", logger: { warn: () => {} } });
    await Promise.all(launchers.map((launcher) => launcher.launch()));
    servers = launchers.map(({ host, port }) => ({ host, port }));
  });

  afterAll(() => Promise.all(launchers.map((launcher) => launcher.shutdown())));

  test("any random program that awaits each of its results gives the same as plain sequential code", async () => {
    await fc.assert(
      fc.asyncProperty(program.map(fitting), async (random) => {
        const deployment = { kind: "distributed" as const, servers, awaitsEach: true };
        const { outcomes, expected } = await runPrograms([random], deployment, { timeoutMs });
        expect(outcomes).toEqual(expected);
      }),
      { numRuns },
    );
  });

  test("calls that are made all at once run in their order, but for those that are refused, which say of what limit", async () => {
    let refusals = 0;
    await fc.assert(
      fc.asyncProperty(program.map(unconnected), async (random) => {
        const { outcomes, expected } = await runPrograms([random], { kind: "distributed", servers }, { timeoutMs });
        const [outcome, model] = [outcomes[0] as (typeof expected)[0], expected[0] as (typeof expected)[0]];
        if (typeof outcome === "string") throw new Error(outcome);
        const own = outcome.slots.map((result, slot) =>
          isFailure(result) && poolFailure(result, maxPoolSize) !== undefined ? model.slots[slot] : result,
        );
        expect(own).toEqual(model.slots);
        const seen = outcome.reports.map((report) => (report as Report).seen);
        expect(seen).toEqual(expectedSeen(random, model, outcome.slots));
        refusals += outcome.slots.filter(isRefused).length;
      }),
      { numRuns },
    );
    expect(refusals).toBeGreaterThan(0);
  });

  test("any random program ends, with no failure but its own and those that name the pool, and leaves the pool to others", async () => {
    await fc.assert(
      fc.asyncProperty(program.map(unchanging), async (random) => {
        const { outcomes } = await runPrograms([random], { kind: "distributed", servers }, { timeoutMs });
        const outcome = outcomes[0];
        if (typeof outcome !== "object") throw new Error(outcome);
        expect(foreignFailures(outcome, maxPoolSize)).toEqual([]);
        // What nobody waits for may still run.
        for (const at of servers) {
          await until(() => takesAsManyAsItKeeps(at), { timeoutMs, what: "all of the pool to be free" });
        }
      }),
      { numRuns },
    );
  });
});
