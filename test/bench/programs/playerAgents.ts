import { Msg } from "agentscope-distributed";
import { PlayerAgent } from "../agents/playerAgent.js";

/**
 * A script of a user, as `million` runs it: `node playerAgents.js COUNT PORT…`. Makes agents on the servers of these ports,
 * asks each for a number, and prints the mean of the numbers.
 */
export interface PlayerAgentsOutput {
  readonly mean: number;
  readonly createSeconds: number;
  /** From the first creation to the sum; every agent has been made and has answered. */
  readonly totalSeconds: number;
  readonly peakBytes: number;
}

const [count = 1, ...ports] = process.argv.slice(2).map(Number);
const servers = ports.map((port) => ({ host: "127.0.0.1", port }));
const highest = 100;

const beganAt = performance.now();
const agents: PlayerAgent[] = [];
for (let number = 0; number < count; number++) {
  const toDist = servers[number % servers.length];
  agents.push(new PlayerAgent({ name: `player ${number}`, thinkingMs: 1_000, highest, ...(toDist ? { toDist } : {}) }));
}
const createSeconds = (performance.now() - beganAt) / 1000;

const question = new Msg({ name: "moderator", role: "user", content: `a number from 0 to ${highest}` });
const answers = agents.map((agent) => agent(question));
let sum = 0;
for (const answer of answers) sum += (await answer.content) as number;

const output: PlayerAgentsOutput = {
  mean: sum / count,
  createSeconds,
  totalSeconds: (performance.now() - beganAt) / 1000,
  peakBytes: process.resourceUsage().maxRSS * 1024,
};
process.stdout.write(`${JSON.stringify(output)}\n`, () => process.exit());
