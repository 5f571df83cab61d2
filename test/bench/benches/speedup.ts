import { Msg } from "agentscope-distributed";
import { AgentServer } from "../agentServer.js";
import { ComputingAgent } from "../agents/computingAgent.js";
import type { Bench } from "../bench.js";
import { inRotation } from "../echoAgents.js";
import { ratioAtLeast } from "../figure.js";

const agentCount = 8;

/** Calls all agents in turn, awaits all results, and answers the calls per second. */
async function callsPerSecond(agents: readonly ComputingAgent[], calls: number): Promise<number> {
  const beganAt = performance.now();
  const results = Array.from({ length: calls }, (_, number) =>
    inRotation(agents, number)(new Msg({ name: "main", role: "user", content: number })),
  );
  for (const result of results) {
    if (typeof (await result.content) !== "number") throw new Error("a computation gave no number");
  }
  return calls / ((performance.now() - beganAt) / 1000);
}

export const speedup: Bench = {
  name: "speedup",
  what: "agents that compute for about 50 ms: one process against two servers, and against one server with two workers",
  quickRounds: 3,

  async run(context) {
    const calls = context.quick ? 16 : 40;
    const servers = [
      context.own(await AgentServer.start({ workers: 1 })),
      context.own(await AgentServer.start({ workers: 1 })),
    ];
    const withWorkers = context.own(await AgentServer.start({ workers: 2 }));
    const names = Array.from({ length: agentCount }, (_, index) => `agent ${index}`);
    const local = names.map((name) => new ComputingAgent({ name }));
    const onServers = names.map(
      (name, index) => new ComputingAgent({ name, toDist: inRotation(servers, index).address }),
    );
    const onWorkers = names.map((name) => new ComputingAgent({ name, toDist: withWorkers.address }));

    const rounds = await context.inTurn({
      "one process": () => callsPerSecond(local, calls),
      "two servers": () => callsPerSecond(onServers, calls),
      "one server with two workers": () => callsPerSecond(onWorkers, calls),
    });
    return (["two servers", "one server with two workers"] as const).map((figure) =>
      context.figure(rounds, {
        figure,
        unit: "calls/s",
        values: rounds.of[figure],
        yardstick: rounds.of["one process"],
        goal: ratioAtLeast(1.9),
      }),
    );
  },
};
