import { init, RpcAgentServerLauncher } from "agentscope-distributed";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Scribe } from "../../fixtures/property/scribe.js";
import { arbitraryProgram } from "./arbitraryProgram.js";
import type { Outcome } from "./program.js";
import { type Deployment, scriptRun } from "./scriptRun.js";
import { sequentialRun } from "./sequentialRun.js";

const runTimeoutMs = 15_000;

/** More for a longer search. */
const numRuns = Number(process.env["PROPERTY_RUNS"] ?? 300);

const launchers = [1, 2, 1].map(
  (workers) => new RpcAgentServerLauncher({ customAgentClasses: [Scribe], workers, maxPoolSize: 100_000 }),
);

beforeAll(async () => {
  init({ maxChildServers: 2, logger: { warn: () => {} } });
  await Promise.all(launchers.map((launcher) => launcher.launch()));
});

afterAll(async () => {
  await Promise.all(launchers.map((launcher) => launcher.shutdown()));
});

function inTime(run: Promise<Outcome>, what: string): Promise<Outcome | string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(`the ${what} run did not end within ${runTimeoutMs} ms`), runTimeoutMs);
    run.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}

describe("any random program gives the same as plain sequential code", () => {
  const program = arbitraryProgram({ serverCount: launchers.length });

  test("with all of its agents in this process", { timeout: 3_600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(program, async (random) => {
        const { outcome, steps } = sequentialRun(random);
        expect(await inTime(scriptRun(random, steps, { kind: "local" }), "local")).toEqual(outcome);
      }),
      { numRuns },
    );
  });

  test("with its agents here, in child processes and on three servers", { timeout: 3_600_000 }, async () => {
    const servers = launchers.map(({ host, port }) => ({ host, port }));
    const deployment: Deployment = { kind: "distributed", servers };
    await fc.assert(
      fc.asyncProperty(program, async (random) => {
        const { outcome, steps } = sequentialRun(random);
        expect(await inTime(scriptRun(random, steps, deployment), "distributed")).toEqual(outcome);
      }),
      { numRuns },
    );
  });
});
