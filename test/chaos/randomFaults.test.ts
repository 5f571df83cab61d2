import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { AgentScopeError, init, Msg, type Placeholder } from "agentscope-distributed";
import { listServers } from "agentscope-distributed-daemon/protocol";
import type { Discovery } from "agentscope-distributed/studio";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Editor } from "../daemon/editor.js";
import { Ledger } from "../fixtures/agents/ledger.js";
import { CertificateAuthority, hasOpenssl } from "../processes/certificates.js";
import { StateFolder } from "../processes/daemonProcess.js";
import { isAlive } from "../processes/processTable.js";
import { TemporaryFolder } from "../processes/temporaryFolder.js";
import { until } from "../processes/until.js";
import { arbitraryChaos, type Chaos } from "./arbitraryChaos.js";
import { FaultyDaemon } from "./faultyDaemon.js";
import { type Fault, FaultyServer } from "./faultyServer.js";

// Each call ends: with its own result, or with an error that names a server that was killed, or could not be understood, meanwhile. No agent that lives runs a call
// twice, or runs calls in another order than they were made in.
//
//   CHAOS_RUNS=1000 npm run test:chaos      without: a short form

const numRuns = Number(process.env["CHAOS_RUNS"] ?? 15);
const longestRunMs = 60_000;
const serverCount = 3;
/** The server that is reached through the daemon. */
const routed = 2;

/** How a call ended. */
type Outcome = { value: unknown } | { error: unknown };

// Without TLS nothing tells garbled bytes from others but the checksums of the network, which a proxy makes anew.
describe.skipIf(!hasOpenssl)("random programs, while servers and the ways to them fail", { timeout: 7_200_000 }, () => {
  let folder: TemporaryFolder;
  let tls: { ca: string; cert: string; key: string };
  let state: StateFolder;
  let daemon: FaultyDaemon;
  const servers: FaultyServer[] = [];
  const pids = new Set<number>();

  beforeAll(async () => {
    init({ studioUrl: "off", logger: { warn: () => {} } });
    folder = await TemporaryFolder.make();
    const authority = new CertificateAuthority(folder.path, "house");
    const own = authority.issue("server");
    tls = { ca: authority.ca, ...authority.issue("client") };
    state = await StateFolder.make();
    daemon = await FaultyDaemon.start(state);
    const tlsArgs = ["--tls-cert", own.cert, "--tls-key", own.key, "--tls-ca", authority.ca];
    const started = Array.from({ length: serverCount }, (_, index) => {
      const isRouted = index === routed;
      const studio = [isRouted ? "--via-studio" : "--studio-url", daemon.url, "--server-id", `s${index}`];
      const args = ["--workers", "1", ...tlsArgs, ...studio];
      return FaultyServer.start({ args, isRouted, env: state.env, clockFile: folder.file(`clock${index}`) });
    });
    servers.push(...(await Promise.all(started)));
  });

  afterAll(async () => {
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
    await daemon?.[Symbol.asyncDispose]();
    await state?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  });

  /** Waits until all servers are known to the daemon, and so can be reached. */
  async function allThere(): Promise<void> {
    await using client = await Editor.connect(state.found as Discovery);
    const states = async () => (await client.ask(listServers, {})).map((row) => `${row.serverId} ${row.state}`);
    const all = servers.map((_, index) => `s${index} ready`).join();
    await until(async () => (await states()).toSorted().join().replaceAll("busy", "ready") === all, {
      timeoutMs: longestRunMs,
      what: "all servers in the daemon's list",
    });
  }

  /** Undefined while a server can't be reached yet, of what the run before has done to it. */
  async function agentsOn(places: Chaos["agents"]) {
    const handles = places.map((server, index) =>
      new Ledger({ name: `L${index}` }).toDist({ ...(servers[server] as FaultyServer).at, tls }),
    );
    const ends = await Promise.allSettled(handles.map((handle) => handle.ready()));
    return ends.every(({ status }) => status === "fulfilled") ? handles : undefined;
  }

  async function run({ agents, calls, faults, daemonFaults }: Chaos) {
    await allThere();
    for (const { pid } of [...servers, daemon]) pids.add(pid);
    const handles = await until(() => agentsOn(agents), { timeoutMs: longestRunMs, what: "the agents" });
    const failing = Promise.all([
      ...servers.map((server, index) => sufferAll(server, ofServer(faults, index))),
      sufferAll(daemon, daemonFaults),
    ]);
    const made: Placeholder[] = [];
    for (const [number, { agent, after, large, turn }] of calls.entries()) {
      const metadata = large ? "x".repeat(200_000) : undefined;
      const call = new Msg({ name: "script", content: number, role: "user", metadata });
      const before = after === undefined ? undefined : made.at(-after);
      made.push(handles[agent]?.(before === undefined ? call : [call, before]) as Placeholder);
      if (turn) await nextTurn();
    }
    const outcomes = await Promise.all(made.map(({ content }) => outcomeOf(content)));
    await failing;
    const sufferers = (...kinds: Fault["kind"][]) =>
      new Set(faults.flatMap(({ server, fault }) => (kinds.includes(fault.kind) ? [server] : [])));
    const killed = sufferers("kill");
    // A first connection that is garbled, or finds no descriptor, is not tried again: nothing is on its way that could be lost.
    const anyBlamed = sufferers("descriptors").size > 0;
    const isUnrouted = daemonFaults.some(({ fault }) => fault.kind !== "freeze");
    const blamed = servers.flatMap(({ at, ownPort }, index) => {
      const isBlamed = anyBlamed || sufferers("kill", "garble").has(index) || (isUnrouted && index === routed);
      // Others know it by its proxy; itself by its own.
      return isBlamed ? [`127.0.0.1:${at.port}`, `127.0.0.1:${ownPort}`] : [];
    });
    if (anyBlamed) blamed.push("EMFILE: too many open files");
    const written = await Promise.all(
      handles.map(async (handle, index) => {
        if (killed.has(agents[index] as number)) return undefined;
        const end = await outcomeOf(handle.written());
        if ("value" in end) return end.value as number[];
        if (isLost(end.error, blamed)) return undefined;
        throw end.error;
      }),
    );
    return { outcomes, written, blamed };
  }

  test("give the right results, or name the server that failed", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryChaos({ serverCount }), async (chaos) => {
        const ended = await Promise.race([run(chaos), pause(longestRunMs, undefined, { ref: false })]);
        if (ended === undefined) throw new Error(`the run did not end within ${longestRunMs} ms`);
        const { outcomes, written, blamed } = ended;
        const wrong = outcomes.flatMap((outcome, number) =>
          isRight(outcome, { number, blamed }) ? [] : [`${number}: ${described(outcome)}`],
        );
        if (wrong.length > 0) throw new Error(`with ${blamed.join()} to blame:\n${wrong.join("\n")}`);
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
      { numRuns, endOnFailure: true, includeErrorInReport: true },
    );
  });

  test("leave the daemon with all of the servers", { timeout: 120_000 }, async () => {
    await expect(allThere()).resolves.toBeUndefined();
  });

  test("leave no process behind", () => {
    const current = new Set([...servers, daemon].map(({ pid }) => pid));
    expect([...pids].filter((pid) => !current.has(pid) && isAlive(pid))).toEqual([]);
  });
});

function ofServer(faults: Chaos["faults"], index: number): Chaos["faults"] {
  return faults.filter(({ server }) => server === index);
}

/** What happens to a server, or the daemon: one fault after the other. */
async function sufferAll<Of>(
  sufferer: { suffer(fault: Of): Promise<void> },
  faults: readonly { afterMs: number; fault: Of }[],
): Promise<void> {
  for (const { afterMs, fault } of faults) {
    await pause(afterMs);
    await sufferer.suffer(fault);
  }
}

async function outcomeOf(promise: PromiseLike<unknown>): Promise<Outcome> {
  try {
    return { value: await promise };
  } catch (error) {
    return { error };
  }
}

function described(outcome: Outcome): string {
  return "value" in outcome ? `it gave ${String(outcome.value)}` : String(outcome.error);
}

function isRight(outcome: Outcome, { number, blamed }: { number: number; blamed: string[] }): boolean {
  return "value" in outcome ? outcome.value === number : isLost(outcome.error, blamed);
}

/** Whether it is the loss of a server to which something was done that can cost it. */
function isLost(error: unknown, blamed: readonly string[]): boolean {
  return (
    error instanceof AgentScopeError &&
    // A value is lost with its server: who comes for it to the next one finds that there was another.
    (error.code === "SERVER_NOT_ALIVE" || /EMFILE|was started again: the value is gone/.test(error.message)) &&
    blamed.some((address) => error.message.includes(address))
  );
}
