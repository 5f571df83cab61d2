import { AgentBase, agent, Msg } from "agentscope-distributed";

/** Steps of a linear congruential generator that take about 50 ms on the machine that the goals were set on. */
const steps = 36_000_000;

/** A function of its own: inside an async function V8 does not keep the state in a register. */
function compute(seed: number): number {
  let state = seed | 0;
  for (let step = 0; step < steps; step++) state = (Math.imul(state, 1664525) + 1013904223) | 0;
  return state;
}

/** Computes the same amount in each call, and answers with what came out. */
@agent
export class ComputingAgent extends AgentBase {
  override async reply(x?: Msg | Msg[]): Promise<Msg> {
    if (!(x instanceof Msg)) throw new TypeError("ComputingAgent takes one message");
    return new Msg({ name: this.name, role: "assistant", content: compute(Number(x.content)) });
  }
}
