import type { Bench } from "../bench.js";
import { type Goal, ratioAtMost, valueAtMost } from "../figure.js";
import type { StartAgentsOutput } from "../programs/startAgents.js";
import { runProgram } from "../runProgram.js";
import { nodeStartMs } from "../yardsticks/nodeStart.js";

interface StartTimes {
  readonly fromToDistMs: number;
  readonly fromSpawnMs: number;
}

/** Agents in child mode; as many child servers as agents, or by default as many as the machine has cores. */
interface Case {
  readonly agents: number;
  readonly childServers?: number;
  /** How many of these are started before the agents are made. */
  readonly warm?: number;
  readonly goal?: Goal;
}

const cases: readonly Case[] = [
  { agents: 1, childServers: 1, goal: ratioAtMost(3) },
  { agents: 5, childServers: 5 },
  { agents: 16, childServers: 16, goal: ratioAtMost(16) },
  { agents: 16 },
  { agents: 1, childServers: 1, warm: 1, goal: valueAtMost(20) },
  { agents: 5, childServers: 5, warm: 5, goal: valueAtMost(5 * 20) },
];

function inWords({ agents, childServers, warm }: Case): string {
  const inWarm = warm === undefined ? "" : ", warm child servers";
  if (agents === 1) return `1 agent${inWarm}`;
  if (warm !== undefined) return `${agents} agents${inWarm}`;
  return `${agents} agents, ${childServers === undefined ? "shared child servers" : "a process each"}`;
}

export const start: Bench = {
  name: "start",
  what: "toDist() in child mode until the first reply; the yardstick is `node -e 0`",
  quickRounds: 3,

  async run(context) {
    const sides: Record<string, () => Promise<StartTimes>> = {
      async yardstick() {
        const fromSpawnMs = await nodeStartMs();
        return { fromToDistMs: fromSpawnMs, fromSpawnMs };
      },
    };
    const chosen = cases.filter(({ warm = 0 }) => !(context.quick && warm > 1));
    for (const one of chosen) {
      sides[inWords(one)] = async () => {
        const args = [one.agents, one.childServers, one.warm].filter((number) => number !== undefined);
        const { output, fromSpawnMs } = await runProgram<StartAgentsOutput>("startAgents", args);
        return { fromToDistMs: output.fromToDistMs, fromSpawnMs };
      };
    }
    const rounds = await context.inTurn(sides, { warmUps: 0 });
    const timesOf = (side: string): StartTimes[] => rounds.of[side] ?? [];
    const yardstick = timesOf("yardstick").map((times) => times.fromSpawnMs);
    const figures = chosen.map((one) =>
      context.figure(rounds, {
        figure: inWords(one),
        unit: "ms",
        values: timesOf(inWords(one)).map((times) => times.fromToDistMs),
        yardstick,
        ...(one.goal ? { goal: one.goal } : {}),
      }),
    );
    const wholeScript = context.figure(rounds, {
      figure: "5 agents, from the script's start",
      unit: "ms",
      values: timesOf("5 agents, a process each").map((times) => times.fromSpawnMs),
      yardstick,
      goal: valueAtMost(600),
    });
    return [...figures, wholeScript];
  },
};
