import { setTimeout } from "node:timers/promises";
import {
  listAgents,
  listServers,
  type StreamEvent,
  subscribe,
  subscriptionEvent,
} from "agentscope-distributed-daemon/protocol";
import type { MessageConnection } from "vscode-jsonrpc/node";
import { AgentServer } from "../agentServer.js";
import type { Bench } from "../bench.js";
import { computedSeconds } from "../cpuTime.js";
import { Daemon } from "../daemon.js";
import { createEchoAgents, inRotation } from "../echoAgents.js";
import { FakeServer } from "../fakeServers.js";
import { valueAtMost } from "../figure.js";
import { residentMemory } from "../processCounters.js";

const servers = 200;
const agentsOfEach = 1000;
/** Among them, processes of `as-server` with agents of a class. */
const realServers = 2;
const limit = 100;
/** How long the daemon is watched while nothing happens but what servers tell each second. */
const idleMs = 3000;

interface Round {
  readonly pageMs: number;
  readonly deepPageMs: number;
  readonly filteredMs: number;
  readonly changeMs: number;
  readonly realPageMs: number;
  readonly realChangeMs: number;
  readonly idlePercent: number;
  readonly megabytes: number;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

/** From an agent's making until somebody who watches the tree has been told. */
async function changeMs(rpc: MessageConnection, serverId: string, make: () => unknown): Promise<number> {
  const before = (await rpc.sendRequest(listServers, {})).find((row) => row.serverId === serverId)?.agents ?? 0;
  const told = new Promise<void>((resolve) => {
    const listener = rpc.onNotification(subscriptionEvent, ({ event }: { event: StreamEvent }) => {
      const row = event.kind === "tree" && event.servers.find((one) => one.serverId === serverId);
      if (!row || row.agents <= before) return;
      listener.dispose();
      resolve();
    });
  });
  return timed(async () => {
    await make();
    await told;
  });
}

async function idlePercent(pid: number): Promise<number> {
  const [beganAt, before] = [performance.now(), computedSeconds(pid)];
  await setTimeout(idleMs);
  return ((computedSeconds(pid) - before) / ((performance.now() - beganAt) / 1000)) * 100;
}

export const daemon: Bench = {
  name: "daemon",
  what: `the daemon with ${servers} servers (${realServers} processes, the others at the protocol's level) and ${(servers * agentsOfEach).toLocaleString("en-US")} agents`,
  quickRounds: 3,

  async run(context) {
    const studio = context.own(await Daemon.start());
    const rpc = await studio.connect();
    const fakes: FakeServer[] = [];
    const reals: { serverId: string; server: AgentServer }[] = [];
    for (let number = 0; number < realServers; number++) {
      const serverId = `process-${number}`;
      const server = context.own(await AgentServer.start({ workers: 1, studio: { daemon: studio, serverId } }));
      await createEchoAgents(server, agentsOfEach);
      reals.push({ serverId, server });
    }
    for (let number = 0; number < servers - realServers; number++) {
      fakes.push(context.own(await FakeServer.attach(studio, `server-${number}`, agentsOfEach)));
    }
    const total = async () => (await rpc.sendRequest(listAgents, { offset: 0, limit: 1 })).total;
    while ((await total()) < servers * agentsOfEach) await setTimeout(50);
    await rpc.sendRequest(subscribe, { topic: "tree" });
    const page = (more: object) => timed(() => rpc.sendRequest(listAgents, { offset: 0, limit, ...more }));
    let made = 0;
    const rounds = await context.inTurn({
      async daemon(): Promise<Round> {
        const fake = inRotation(fakes, made);
        const { serverId, server } = inRotation(reals, made);
        made += 1;
        return {
          pageMs: await page({}),
          deepPageMs: await page({ offset: servers * agentsOfEach - limit }),
          filteredMs: await page({ filter: "agent 999 of" }),
          changeMs: await changeMs(rpc, fake.serverId, () => fake.makeAgent("the newest")),
          realPageMs: await page({ serverId, states: true }),
          realChangeMs: await changeMs(rpc, serverId, () => createEchoAgents(server, 1)),
          idlePercent: await idlePercent(studio.pid),
          megabytes: residentMemory(studio.pid).nowBytes / 1e6,
        };
      },
    });
    rpc.end();
    const figure = (key: keyof Round, name: string, { unit, most }: { unit: string; most: number }) =>
      context.figure(rounds, {
        figure: name,
        unit,
        values: rounds.of.daemon.map((round) => round[key]),
        goal: valueAtMost(most),
      });
    return [
      figure("pageMs", "first page of agents", { unit: "ms", most: 50 }),
      figure("deepPageMs", "last page of agents", { unit: "ms", most: 50 }),
      figure("filteredMs", "page of a filter", { unit: "ms", most: 50 }),
      figure("changeMs", "a change until a client is told", { unit: "ms", most: 200 }),
      figure("realPageMs", "page of a real server's agents with what they do", { unit: "ms", most: 50 }),
      figure("realChangeMs", "an agent's making on a real server until a client is told", { unit: "ms", most: 200 }),
      figure("idlePercent", "idle, of one processor", { unit: "%", most: 10 }),
      figure("megabytes", "memory", { unit: "MB", most: 300 }),
    ];
  },
};
