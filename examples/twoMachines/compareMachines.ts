import { DistConf, type Placeholder } from "agentscope-distributed";
import { Comparer } from "./agents/comparer.js";
import { Surveyor } from "./agents/surveyor.js";

/** An agent server, as it was started on its machine. */
export interface Machine {
  host: string;
  port: number;
  token?: string | undefined;
}

/** A surveyor on each machine, and on the second one a comparer that gets both surveys from where they were made. */
export function compareMachines(a: Machine, b: Machine): Placeholder {
  const surveyorA = new Surveyor({ name: "machine 1", toDist: new DistConf(a) });
  const surveyorB = new Surveyor({ name: "machine 2", toDist: new DistConf(b) });
  const comparer = new Comparer({ name: "comparer", toDist: new DistConf(b) });
  return comparer([surveyorA(), surveyorB()]);
}
