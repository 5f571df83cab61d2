import { setTimeout } from "node:timers/promises";
import { Msg, type Placeholder } from "agentscope-distributed";
import { AgentServer } from "../agentServer.js";
import { type Task, TimerAgent } from "../agents/timerAgent.js";
import type { Bench } from "../bench.js";
import { criticalPathMs, type GraphCall, randomGraph } from "../callGraph.js";
import { ratioAtMost } from "../figure.js";
import { inRotation } from "../echoAgents.js";

const second = (agent: number, ...inputs: number[]): GraphCall => ({ agent, durationMs: 1_000, inputs });
/** A→B, A→C, B→D, C→D, E→F, D→F: the agents A to F of the tutorial, one call each. */
const tutorialGraph = [second(0), second(1, 0), second(2, 0), second(3, 1, 2), second(4), second(5, 3, 4)];

/** Calls the graph as a script does, in order and without waiting, and awaits all results at the end. Seconds. */
async function runGraph(calls: readonly GraphCall[], agents: readonly TimerAgent[]): Promise<number> {
  const beganAt = performance.now();
  const results: Placeholder[] = [];
  for (const call of calls) {
    const task = new Msg({ name: "main", role: "user", content: { durationMs: call.durationMs } satisfies Task });
    const inputs = call.inputs.flatMap((input) => results[input] ?? []);
    results.push(inRotation(agents, call.agent)([task, ...inputs]));
  }
  await Promise.all(results);
  return (performance.now() - beganAt) / 1000;
}

/** The same with timers and promises alone, in this process: timers are late, too. Seconds. */
async function runTimers(calls: readonly GraphCall[]): Promise<number> {
  const beganAt = performance.now();
  const ends: Promise<unknown>[] = [];
  const agentFree = new Map<number, Promise<unknown>>();
  for (const { agent, durationMs, inputs } of calls) {
    const begins = Promise.all([agentFree.get(agent), ...inputs.map((input) => ends[input])]);
    const end = begins.then(() => setTimeout(durationMs));
    agentFree.set(agent, end);
    ends.push(end);
  }
  await Promise.all(ends);
  return (performance.now() - beganAt) / 1000;
}

export const dag: Bench = {
  name: "dag",
  what: "the tutorial's graph of 1 s agents, and random graphs of 1,000 calls over 50 agents on 4 servers",
  quickRounds: 1,

  async run(context) {
    const servers: AgentServer[] = [];
    for (let number = 0; number < 4; number++) servers.push(context.own(await AgentServer.start()));
    const agents = Array.from(
      { length: 50 },
      (_, index) => new TimerAgent({ name: `agent ${index}`, toDist: inRotation(servers, index).address }),
    );
    await runGraph(
      agents.map((_, agent) => ({ agent, durationMs: 1, inputs: [] })),
      agents,
    );

    const graphs = Array.from({ length: 5 }, (_, seed) => randomGraph({ calls: 1_000, agents: agents.length, seed }));
    let round = 0;
    const rounds = await context.inTurn(
      {
        tutorial: () => runGraph(tutorialGraph, agents),
        async random() {
          const graph = inRotation(graphs, round++);
          return {
            seconds: await runGraph(graph, agents),
            timersSeconds: await runTimers(graph),
            criticalPath: criticalPathMs(graph) / 1000,
          };
        },
      },
      { warmUps: 0 },
    );
    return [
      context.figure(rounds, {
        figure: "tutorial A-F",
        unit: "s",
        values: rounds.of.tutorial,
        yardstick: rounds.of.tutorial.map(() => criticalPathMs(tutorialGraph) / 1000),
        goal: ratioAtMost(1.02),
      }),
      context.figure(rounds, {
        figure: "random graphs",
        unit: "s",
        values: rounds.of.random.map((one) => one.seconds),
        yardstick: rounds.of.random.map((one) => one.criticalPath),
        goal: ratioAtMost(1.05),
      }),
      context.figure(rounds, {
        figure: "the same with timers alone, in one process",
        unit: "s",
        values: rounds.of.random.map((one) => one.timersSeconds),
        yardstick: rounds.of.random.map((one) => one.criticalPath),
      }),
    ];
  },
};
