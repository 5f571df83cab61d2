import { setTimeout as pause } from "node:timers/promises";
import { init, RpcAgentServerLauncher } from "agentscope-distributed";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Scribe } from "../../fixtures/property/scribe.js";
import { TcpProxy } from "../../processes/tcpProxy.js";
import { arbitraryProgram } from "./arbitraryProgram.js";
import { onServers, runPrograms } from "./runPrograms.js";

// The random programs of transcripts.test.ts, where next to nothing may be on its way at a time: everything that could wait for each other does.
//
//   TINY_LIMITS_RUNS=300 npm run test:integration -- tinyLimits      without: a short form

const longRuns = Number(process.env["TINY_LIMITS_RUNS"] ?? 0);
/** A large value goes nearly byte by byte. */
const timeoutMs = 240_000;

/** The short form runs the same few programs each time, with one large value among them: others may have a hundred, and take minutes. */
function searched(shortRuns: number): { numRuns: number; seed?: number } {
  return longRuns > 0 ? { numRuns: longRuns } : { numRuns: shortRuns, seed: 89 };
}

const serverCount = 2;
const program = arbitraryProgram({ serverCount }).map((random) => onServers(random, serverCount));

/** What happens to the way to a server so long after what happened before. */
type Fault = { afterMs: number; way: number; byMs: number | "cut" | "pass" };

const faults: fc.Arbitrary<Fault[]> = fc.array(
  fc.record({
    afterMs: fc.nat(40),
    way: fc.nat(serverCount - 1),
    byMs: fc.oneof(fc.constant("cut" as const), fc.constant("pass" as const), fc.integer({ min: 1, max: 20 })),
  }),
  { minLength: 1, maxLength: 8 },
);

async function suffer(proxies: readonly TcpProxy[], plan: readonly Fault[]): Promise<void> {
  for (const { afterMs, way, byMs } of plan) {
    await pause(afterMs);
    const proxy = proxies[way] as TcpProxy;
    if (byMs === "cut") proxy.cut();
    else if (byMs === "pass") proxy.pass();
    else proxy.delay(byMs);
  }
  for (const proxy of proxies) proxy.pass();
}

const limits = [
  { what: "one byte on its way at a time", windowBytes: 1, chunkBytes: 256 * 1024, shortRuns: 5 },
  { what: "chunks of 16 bytes", windowBytes: 4 * 1024 * 1024, chunkBytes: 16, shortRuns: 3 },
  { what: "one chunk of 16 bytes on its way at a time", windowBytes: 1, chunkBytes: 16, shortRuns: 3 },
];

describe.each(limits)(
  "any random program gives the same as plain sequential code with $what",
  { timeout: 7_200_000 },
  ({ windowBytes, chunkBytes, shortRuns }) => {
    const launchers: RpcAgentServerLauncher[] = [];
    const proxies: TcpProxy[] = [];

    beforeAll(async () => {
      init({ studioUrl: "off", windowBytes, chunkBytes, logger: { warn: () => {} } });
      for (const workers of [1, 2]) {
        const options = { customAgentClasses: [Scribe], workers, maxPoolSize: 100_000, windowBytes, chunkBytes };
        launchers.push(new RpcAgentServerLauncher(options));
      }
      await Promise.all(launchers.map((launcher) => launcher.launch()));
      proxies.push(...(await Promise.all(launchers.map(({ port }) => TcpProxy.start(port)))));
    });

    afterAll(async () => {
      await Promise.all(proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
      await Promise.all(launchers.map((launcher) => launcher.shutdown()));
    });

    test("on two servers", async () => {
      const servers = launchers.map(({ host, port }) => ({ host, port }));
      await fc.assert(
        fc.asyncProperty(program, async (random) => {
          const { outcomes, expected } = await runPrograms([random], { kind: "distributed", servers }, { timeoutMs });
          expect(outcomes).toEqual(expected);
        }),
        searched(shortRuns),
      );
    });

    test("on two servers, while the ways to them are slow and cut again and again", async () => {
      const servers = proxies.map(({ at }) => at);
      await fc.assert(
        fc.asyncProperty(program, faults, async (random, plan) => {
          const running = runPrograms([random], { kind: "distributed", servers }, { timeoutMs });
          const suffering = suffer(proxies, plan);
          const { outcomes, expected } = await running;
          await suffering;
          expect(outcomes).toEqual(expected);
        }),
        searched(shortRuns),
      );
    });
  },
);
