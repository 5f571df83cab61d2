import { Msg } from "agentscope-distributed";
import { EchoAgent } from "./agents/echoAgent.js";
import { echoText } from "./echoMessage.js";

/** Echo agents on a server, each of them called once, so that all of them are there. */
export async function createEchoAgents(at: { host: string; port: number }, count: number): Promise<EchoAgent[]> {
  const agents = Array.from(
    { length: count },
    (_, index) => new EchoAgent({ name: `echo ${index}`, toDist: { host: at.host, port: at.port } }),
  );
  const echoed = agents.map((agent) => callEcho(agent));
  for (const answer of echoed) checkEcho(await answer);
  return agents;
}

/** A call with a message of its own, as a program makes it. */
export function callEcho(agent: EchoAgent): PromiseLike<Msg> {
  return agent(new Msg({ name: "main", role: "user", content: echoText }));
}

export function checkEcho(echoed: Msg): void {
  if (echoed.content !== echoText) throw new Error("the echo is not what was called");
}

/** The numbers of agents for which a cost is shown: a flat line is the goal. */
export const agentCounts: readonly number[] = [1, 10, 100, 1_000, 10_000];

export function agentsInWords(count: number): string {
  return count === 1 ? "1 agent" : `${count.toLocaleString("en-US")} agents`;
}

/** `agents[number % agents.length]`: calls go round all agents. */
export function inRotation<Agent>(agents: readonly Agent[], number: number): Agent {
  const agent = agents[number % agents.length];
  if (agent === undefined) throw new RangeError("no agents to call");
  return agent;
}
