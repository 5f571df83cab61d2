import { setTimeout as pause } from "node:timers/promises";
import { type DistOptions, init, RpcAgentServerLauncher } from "agentscope-distributed";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Scribe } from "../../fixtures/property/scribe.js";
import { TcpProxy } from "../../processes/tcpProxy.js";
import { arbitraryProgram } from "./arbitraryProgram.js";
import { onServers, runPrograms } from "./runPrograms.js";

/** Of each property; more for a longer search. */
const numRuns = Number(process.env["PROPERTY_RUNS"] ?? 150);

const launchers = [1, 2, 1].map(
  (workers) => new RpcAgentServerLauncher({ customAgentClasses: [Scribe], workers, maxPoolSize: 100_000 }),
);
const program = arbitraryProgram({ serverCount: launchers.length });

const mostlyOnServers = program.map((random) => onServers(random, launchers.length));

/** How long after the one before a cut comes, and of the way to which server. */
const cuts = fc.array(fc.record({ afterMs: fc.nat(40), way: fc.nat(launchers.length - 1) }), {
  minLength: 1,
  maxLength: 8,
});

const proxies: TcpProxy[] = [];

async function cutAsPlanned(plan: readonly { afterMs: number; way: number }[]): Promise<void> {
  for (const { afterMs, way } of plan) {
    await pause(afterMs);
    proxies[way]?.cut();
  }
}

beforeAll(async () => {
  init({ maxChildServers: 2, logger: { warn: () => {} } });
  await Promise.all(launchers.map((launcher) => launcher.launch()));
  proxies.push(...(await Promise.all(launchers.map(({ port }) => TcpProxy.start(port)))));
});

afterAll(async () => {
  await Promise.all(proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
  await Promise.all(launchers.map((launcher) => launcher.shutdown()));
});

describe("any random program gives the same as plain sequential code", { timeout: 3_600_000 }, () => {
  test("with all of its agents in this process", async () => {
    await fc.assert(
      fc.asyncProperty(program, async (random) => {
        const { outcomes, expected } = await runPrograms([random], { kind: "local" });
        expect(outcomes).toEqual(expected);
      }),
      { numRuns },
    );
  });

  test("with its agents here, in child processes and on three servers, also beside other programs", async () => {
    const servers = launchers.map(({ host, port }) => ({ host, port }));
    await fc.assert(
      fc.asyncProperty(fc.array(program, { minLength: 1, maxLength: 3 }), async (programs) => {
        const { outcomes, expected } = await runPrograms(programs, { kind: "distributed", servers });
        expect(outcomes).toEqual(expected);
      }),
      { numRuns },
    );
  });

  test("while the connections to the servers, and between them, are cut again and again", async () => {
    const servers: DistOptions[] = proxies.map(({ at }) => at);
    await fc.assert(
      fc.asyncProperty(mostlyOnServers, cuts, async (random, plan) => {
        const running = runPrograms([random], { kind: "distributed", servers });
        const cutting = cutAsPlanned(plan);
        const { outcomes, expected } = await running;
        await cutting;
        expect(outcomes).toEqual(expected);
      }),
      { numRuns: Math.ceil(numRuns / 3) },
    );
  });
});
