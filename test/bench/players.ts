import { AgentServer } from "./agentServer.js";
import type { PlayerAgentsOutput } from "./programs/playerAgents.js";
import { residentMemory } from "./processCounters.js";
import { runProgram } from "./runProgram.js";

export interface PlayersRun {
  readonly seconds: number;
  /** The peaks of the program and of the servers together. */
  readonly memoryGib: number;
}

/** Runs the program of players with servers of its own, so that no run has the heap of the one before; 0: in one process. */
export async function runPlayers(count: number, serverCount: number): Promise<PlayersRun> {
  const servers: AgentServer[] = [];
  try {
    for (let number = 0; number < serverCount; number++) servers.push(await AgentServer.start({ maxPoolSize: count }));
    const ports = servers.map((server) => server.port);
    const { output } = await runProgram<PlayerAgentsOutput>("playerAgents", [count, ...ports]);
    // Of fewer numbers the mean may be anything.
    if (count >= 1_000 && Math.abs(output.mean - 50) > 5)
      throw new Error(`the mean of the random numbers is ${output.mean}`);
    const bytes = servers.reduce((sum, { pid }) => sum + residentMemory(pid).peakBytes, output.peakBytes);
    return { seconds: output.totalSeconds, memoryGib: bytes / 2 ** 30 };
  } finally {
    for (const server of servers) await server[Symbol.asyncDispose]();
  }
}
