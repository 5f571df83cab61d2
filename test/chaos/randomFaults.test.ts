import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { AgentScopeError, init, Msg, type Placeholder } from "agentscope-distributed";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Ledger } from "../fixtures/agents/ledger.js";
import { CertificateAuthority, hasOpenssl } from "../processes/certificates.js";
import { isAlive } from "../processes/processTable.js";
import { TemporaryFolder } from "../processes/temporaryFolder.js";
import { arbitraryChaos, type Chaos } from "./arbitraryChaos.js";
import { type Fault, FaultyServer } from "./faultyServer.js";

// Each call ends: with its own result, or with an error that names a server that was killed, or could not be understood, meanwhile. No agent that lives runs a call
// twice, or runs calls in another order than they were made in.
//
//   CHAOS_RUNS=1000 npm run test:chaos      without: a short form

const numRuns = Number(process.env["CHAOS_RUNS"] ?? 15);
const longestRunMs = 60_000;
const serverCount = 3;

/** How a call ended. */
type Outcome = { value: unknown } | { error: unknown };

// Without TLS nothing tells garbled bytes from others but the checksums of the network, which a proxy makes anew.
describe.skipIf(!hasOpenssl)("random programs, while servers and the ways to them fail", { timeout: 7_200_000 }, () => {
  let folder: TemporaryFolder;
  let tls: { ca: string; cert: string; key: string };
  const servers: FaultyServer[] = [];
  const pids = new Set<number>();

  beforeAll(async () => {
    init({ logger: { warn: () => {} } });
    folder = await TemporaryFolder.make();
    const authority = new CertificateAuthority(folder.path, "house");
    const own = authority.issue("server");
    tls = { ca: authority.ca, ...authority.issue("client") };
    const args = ["--workers", "1", "--tls-cert", own.cert, "--tls-key", own.key, "--tls-ca", authority.ca];
    servers.push(...(await Promise.all(Array.from({ length: serverCount }, () => FaultyServer.start(args)))));
  });

  afterAll(async () => {
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
    await folder[Symbol.asyncDispose]();
  });

  const addressOf = (server: number) => `127.0.0.1:${servers[server]?.at.port}`;

  async function run({ agents, calls, faults }: Chaos) {
    for (const { pid } of servers) pids.add(pid);
    const handles = agents.map((server, index) =>
      new Ledger({ name: `L${index}` }).toDist({ ...(servers[server] as FaultyServer).at, tls }),
    );
    await Promise.all(handles.map((handle) => handle.ready()));
    const failing = Promise.all(servers.map((server, index) => sufferAll(server, index, faults)));
    const made: Placeholder[] = [];
    for (const [number, { agent, after, large, turn }] of calls.entries()) {
      const metadata = large ? "x".repeat(200_000) : undefined;
      const call = new Msg({ name: "script", content: number, role: "user", metadata });
      const before = after === undefined ? undefined : made.at(-after);
      made.push(handles[agent]?.(before === undefined ? call : [call, before]) as Placeholder);
      if (turn) await nextTurn();
    }
    const outcomes = await Promise.all(made.map(outcomeOf));
    await failing;
    const sufferers = (...kinds: Fault["kind"][]) =>
      new Set(faults.flatMap(({ server, fault }) => (kinds.includes(fault.kind) ? [server] : [])));
    const killed = sufferers("kill");
    const written = await Promise.all(
      handles.map(async (handle, index) => (killed.has(agents[index] as number) ? undefined : handle.written())),
    );
    // A first connection that is garbled is not tried again: nothing is on its way that could be lost.
    return { outcomes, written, blamed: [...sufferers("kill", "garble")].map(addressOf) };
  }

  test("give the right results, or name the server that failed", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryChaos({ serverCount }), async (chaos) => {
        const ended = await Promise.race([run(chaos), pause(longestRunMs, undefined, { ref: false })]);
        if (ended === undefined) throw new Error(`the run did not end within ${longestRunMs} ms`);
        const { outcomes, written, blamed } = ended;
        const wrong = outcomes.flatMap((outcome, number) =>
          isRight(outcome, { number, blamed }) ? [] : [[number, outcome]],
        );
        expect(wrong).toEqual([]);
        for (const [index, numbers] of written.entries()) {
          if (numbers === undefined) continue;
          // In order, each once.
          expect(numbers).toEqual([...new Set(numbers)].toSorted((one, other) => one - other));
          const answered = chaos.calls.flatMap(({ agent }, number) =>
            agent === index && "value" in (outcomes[number] as Outcome) ? [number] : [],
          );
          expect(answered.filter((number) => !numbers.includes(number))).toEqual([]);
        }
      }),
      { numRuns, endOnFailure: true },
    );
  });

  test("leave no process behind", () => {
    const current = new Set(servers.map(({ pid }) => pid));
    expect([...pids].filter((pid) => !current.has(pid) && isAlive(pid))).toEqual([]);
  });
});

/** What happens to one server: one fault after the other. */
async function sufferAll(server: FaultyServer, index: number, faults: Chaos["faults"]): Promise<void> {
  for (const { afterMs, server: at, fault } of faults) {
    if (at !== index) continue;
    await pause(afterMs);
    await server.suffer(fault);
  }
}

async function outcomeOf(placeholder: Placeholder): Promise<Outcome> {
  try {
    return { value: await placeholder.content };
  } catch (error) {
    return { error };
  }
}

function isRight(outcome: Outcome, { number, blamed }: { number: number; blamed: string[] }): boolean {
  if ("value" in outcome) return outcome.value === number;
  const { error } = outcome;
  return (
    error instanceof AgentScopeError &&
    error.code === "SERVER_NOT_ALIVE" &&
    blamed.some((address) => error.message.includes(address))
  );
}
