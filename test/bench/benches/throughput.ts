import type { Bench } from "../bench.js";
import { AgentServer } from "../agentServer.js";
import { agentCounts, agentsInWords, callEcho, checkEcho, createEchoAgents, inRotation } from "../echoAgents.js";
import { ratioAtLeast } from "../figure.js";
import { keepInFlight } from "../keepInFlight.js";
import { GrpcEcho } from "../yardsticks/grpcEcho.js";

const inFlight = 10_000;
/** More than the default 8,192, which would refuse the rest of 10,000 calls. */
const maxPoolSize = 2 * inFlight;
const goalCount = 100;
/** The yardstick is at its best with a thousand calls in flight. */
const yardstickInFlight = 1_000;

export const throughput: Bench = {
  name: "throughput",
  what: "10,000 calls in flight to echo agents on one server, from the message to the awaited result",

  async run(context) {
    const calls = context.quick ? 30_000 : 60_000;
    const counts = context.quick ? [goalCount] : agentCounts;
    const grpc = context.own(await GrpcEcho.start());
    const sides: Record<string, () => Promise<number>> = {
      yardstick: () => grpc.callsPerSecond(context.quick ? 2_000 : 10_000, yardstickInFlight),
    };
    for (const count of counts) {
      const agents = await createEchoAgents(context.own(await AgentServer.start({ maxPoolSize })), count);
      const call = (number: number): PromiseLike<Awaited<ReturnType<typeof callEcho>>> =>
        callEcho(inRotation(agents, number));
      sides[agentsInWords(count)] = () => keepInFlight({ inFlight, calls, call, check: checkEcho });
    }

    const rounds = await context.inTurn(sides);
    const sorted = [goalCount, ...counts.filter((count) => count !== goalCount)];
    return sorted.map((count) =>
      context.figure(rounds, {
        figure: agentsInWords(count),
        unit: "calls/s",
        values: rounds.of[agentsInWords(count)] ?? [],
        yardstick: rounds.of["yardstick"] ?? [],
        ...(count === goalCount ? { goal: ratioAtLeast(25) } : {}),
      }),
    );
  },
};
