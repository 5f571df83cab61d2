import type { Bench, BenchContext } from "../bench.js";
import { valueAtMost } from "../figure.js";
import { runPlayers } from "../players.js";

async function run(context: BenchContext) {
  const count = context.quick ? 50_000 : 1_000_000;
  const agents = `${count.toLocaleString("en-US")} agents on`;
  const rounds = await context.inTurn({ two: () => runPlayers(count, 2) }, { warmUps: 0 });
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
