import { setTimeout } from "node:timers/promises";
import {
  listAgents,
  listServers,
  type StreamEvent,
  subscribe,
  subscriptionEvent,
} from "agentscope-distributed-daemon/protocol";
import type { MessageConnection } from "vscode-jsonrpc/node";
import type { Bench } from "../bench.js";
import { computedSeconds } from "../cpuTime.js";
import { Daemon } from "../daemon.js";
import { FakeServer } from "../fakeServers.js";
import { valueAtMost } from "../figure.js";
import { residentMemory } from "../processCounters.js";

const servers = 200;
const agentsOfEach = 1000;
const limit = 100;
/** How long the daemon is watched while nothing happens but what servers tell each second. */
const idleMs = 3000;

interface Round {
  readonly pageMs: number;
  readonly deepPageMs: number;
  readonly filteredMs: number;
  readonly changeMs: number;
  readonly idlePercent: number;
  readonly megabytes: number;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

/** From an agent's coming until somebody who watches the tree has been told. */
async function changeMs(rpc: MessageConnection, server: FakeServer, before: number): Promise<number> {
  const told = new Promise<void>((resolve) => {
    const listener = rpc.onNotification(subscriptionEvent, ({ event }: { event: StreamEvent }) => {
      const row = event.kind === "tree" && event.servers.find(({ serverId }) => serverId === server.serverId);
      if (!row || row.agents <= before) return;
      listener.dispose();
      resolve();
    });
  });
  return timed(async () => {
    await server.makeAgent("the newest");
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
  what: `the daemon with ${servers} servers (at the protocol's level) and ${(servers * agentsOfEach).toLocaleString("en-US")} agents`,
  quickRounds: 3,

  async run(context) {
    const studio = context.own(await Daemon.start());
    const rpc = await studio.connect();
    const fakes: FakeServer[] = [];
    for (let number = 0; number < servers; number++) {
      fakes.push(context.own(await FakeServer.attach(studio, `server-${number}`, agentsOfEach)));
    }
    const total = async () => (await rpc.sendRequest(listAgents, { offset: 0, limit: 1 })).total;
    while ((await total()) < servers * agentsOfEach) await setTimeout(50);
    await rpc.sendRequest(subscribe, { topic: "tree" });
    const page = (more: object) => timed(() => rpc.sendRequest(listAgents, { offset: 0, limit, ...more }));
    let made = 0;
    const rounds = await context.inTurn({
      async daemon(): Promise<Round> {
        const fake = fakes[made++ % servers] as FakeServer;
        const row = (await rpc.sendRequest(listServers, {})).find(({ serverId }) => serverId === fake.serverId);
        return {
          pageMs: await page({}),
          deepPageMs: await page({ offset: servers * agentsOfEach - limit }),
          filteredMs: await page({ filter: "agent 999 of" }),
          changeMs: await changeMs(rpc, fake, row?.agents ?? 0),
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
      figure("idlePercent", "idle, of one processor", { unit: "%", most: 10 }),
      figure("megabytes", "memory", { unit: "MB", most: 300 }),
    ];
  },
};
