import { setTimeout } from "node:timers/promises";
import { RpcAgentClient } from "agentscope-distributed";
import { AgentServer } from "../agentServer.js";
import { EchoAgent } from "../agents/echoAgent.js";
import type { Bench } from "../bench.js";
import { createEchoAgents } from "../echoAgents.js";
import { valueAtLeast, valueAtMost } from "../figure.js";
import { residentMemory } from "../processCounters.js";
import { GrpcEcho } from "../yardsticks/grpcEcho.js";

const askEveryMs = 2;
/** How long the server is left alone before its memory is read. */
const idleMs = 1_000;

interface Creation {
  readonly perSecond: number;
  readonly bytesPerAgent: number;
}

/** Makes the agents one by one in a plain loop; they are there when the server counts them. */
async function createAgents(server: AgentServer, count: number): Promise<Creation> {
  await createEchoAgents(server, 1);
  const client = new RpcAgentClient(server.address);
  const emptyBytes = residentMemory(server.pid).nowBytes;
  const beganAt = performance.now();
  const agents: EchoAgent[] = [];
  for (let number = 0; number < count; number++) {
    agents.push(new EchoAgent({ name: `agent ${number}`, toDist: server.address }));
  }
  while ((await client.getServerInfo()).size <= count) await setTimeout(askEveryMs);
  const seconds = (performance.now() - beganAt) / 1000;
  await setTimeout(idleMs);
  return {
    perSecond: agents.length / seconds,
    bytesPerAgent: (residentMemory(server.pid).nowBytes - emptyBytes) / agents.length,
  };
}

export const create: Bench = {
  name: "create",
  what: "100,000 agents (--quick: 20,000) on one server, made one by one; the yardstick's figure is its calls per second",
  quickRounds: 3,

  async run(context) {
    const count = context.quick ? 20_000 : 100_000;
    const grpc = context.own(await GrpcEcho.start());
    const rounds = await context.inTurn({
      async creation() {
        const server = await AgentServer.start();
        try {
          return await createAgents(server, count);
        } finally {
          await server[Symbol.asyncDispose]();
        }
      },
      yardstick: () => grpc.callsPerSecond(5_000, 1_000),
    });
    return [
      context.figure(rounds, {
        figure: `${count.toLocaleString("en-US")} agents made`,
        unit: "agents/s",
        values: rounds.of.creation.map((one) => one.perSecond),
        yardstick: rounds.of.yardstick,
        goal: valueAtLeast(100_000),
      }),
      context.figure(rounds, {
        figure: "server memory of an idle agent",
        unit: "bytes",
        values: rounds.of.creation.map((one) => one.bytesPerAgent),
        // With few agents this is mostly what any server grows by.
        ...(context.quick ? {} : { goal: valueAtMost(1_024) }),
      }),
    ];
  },
};
