import type { Bench } from "../bench.js";
import { AgentServer } from "../agentServer.js";
import { agentCounts, agentsInWords, callEcho, checkEcho, createEchoAgents, inRotation } from "../echoAgents.js";
import { ratioAtMost } from "../figure.js";
import { quantile } from "../statistics.js";
import { timeEach } from "../timeEach.js";
import { GrpcEcho } from "../yardsticks/grpcEcho.js";

export const latency: Bench = {
  name: "latency",
  what: "one call after the other, each awaited, to echo agents in another process",

  async run(context) {
    const calls = context.quick ? 1_000 : 1_500;
    const counts = context.quick ? agentCounts.slice(0, 1) : agentCounts;
    const grpc = context.own(await GrpcEcho.start());
    const sides: Record<string, () => Promise<readonly number[]>> = { yardstick: () => grpc.sequential(calls) };
    for (const count of counts) {
      const agents = await createEchoAgents(context.own(await AgentServer.start()), count);
      sides[agentsInWords(count)] = () =>
        timeEach(calls, async (number) => checkEcho(await callEcho(inRotation(agents, number))));
    }

    const rounds = await context.inTurn(sides);
    const ofRounds = (side: string, q: number): number[] => (rounds.of[side] ?? []).map((took) => quantile(took, q));
    const figure = (name: string, side: string, q: number) => ({
      figure: name,
      unit: "ms",
      values: ofRounds(side, q),
      yardstick: ofRounds("yardstick", q),
    });
    const [first = "", ...others] = counts.map(agentsInWords);
    return [
      context.figure(rounds, { ...figure("p50", first, 0.5), goal: ratioAtMost(0.4) }),
      context.figure(rounds, figure("p99", first, 0.99)),
      ...others.map((side) => context.figure(rounds, figure(`p50, ${side}`, side, 0.5))),
    ];
  },
};
