import { setTimeout } from "node:timers/promises";
import { init, Msg } from "agentscope-distributed";
import { EchoAgent } from "../agents/echoAgent.js";
import { echoText } from "../echoMessage.js";

/**
 * A script of a user, as `start` runs it: `node startAgents.js COUNT [CHILD-SERVERS [WARM]]`. Makes agents in child processes, calls
 * each once, and prints when all have replied. With warm child servers it has something else to do first.
 */
export interface StartAgentsOutput {
  /** From the first `toDist()` to the last reply. */
  readonly fromToDistMs: number;
}

const [count = 1, maxChildServers, warmChildServers = 0] = process.argv.slice(2).map(Number);
if (maxChildServers !== undefined) init({ maxChildServers, warmChildServers });
if (warmChildServers > 0) await setTimeout(200 * (1 + warmChildServers));

const beganAt = performance.now();
const agents = Array.from({ length: count }, (_, index) => new EchoAgent({ name: `echo ${index}` }).toDist());
const replies = agents.map((agent) => agent(new Msg({ name: "main", role: "user", content: echoText })));
for (const reply of replies) {
  if ((await reply.content) !== echoText) throw new Error("the echo is not what was called");
}
const output: StartAgentsOutput = { fromToDistMs: performance.now() - beganAt };
process.stdout.write(`${JSON.stringify(output)}\n`);
