import { AgentServer } from "../agentServer.js";
import type { Bench, BenchContext } from "../bench.js";
import { valueAtMost } from "../figure.js";
import { residentMemory } from "../processCounters.js";
import type { PlayerAgentsOutput } from "../programs/playerAgents.js";
import { runProgram } from "../runProgram.js";

interface Simulation {
  readonly seconds: number;
  readonly memoryGib: number;
}

/** Runs the program with servers of its own, so that no run has the heap of the one before. */
async function simulate(count: number, serverCount: number): Promise<Simulation> {
  const servers: AgentServer[] = [];
  try {
    for (let number = 0; number < serverCount; number++) servers.push(await AgentServer.start({ maxPoolSize: count }));
    const ports = servers.map((server) => server.port);
    const { output } = await runProgram<PlayerAgentsOutput>("playerAgents", [count, ...ports]);
    if (Math.abs(output.mean - 50) > 5) throw new Error(`the mean of the random numbers is ${output.mean}`);
    const bytes = servers.reduce((sum, { pid }) => sum + residentMemory(pid).peakBytes, output.peakBytes);
    return { seconds: output.totalSeconds, memoryGib: bytes / 2 ** 30 };
  } finally {
    for (const server of servers) await server[Symbol.asyncDispose]();
  }
}

async function run(context: BenchContext) {
  const count = context.quick ? 50_000 : 1_000_000;
  const agents = `${count.toLocaleString("en-US")} agents on`;
  const rounds = await context.inTurn({ two: () => simulate(count, 2) }, { warmUps: 0 });
  const goal = context.quick ? {} : { goal: valueAtMost(10) };
  const memoryGoal = context.quick ? {} : { goal: valueAtMost(4) };
  return [
    context.figure(rounds, {
      figure: `${agents} 2 servers`,
      unit: "s",
      values: rounds.of.two.map((one) => one.seconds),
      ...goal,
    }),
    context.figure(rounds, {
      figure: "memory of all processes",
      unit: "GiB",
      values: rounds.of.two.map((one) => one.memoryGib),
      ...memoryGoal,
    }),
  ];
}

export const million: Bench = {
  name: "million",
  what: "1,000,000 agents on two servers (--quick: 50,000), each made with its own name, asked once, 1 s of thinking, summed",
  quickRounds: 2,
  run,
};
