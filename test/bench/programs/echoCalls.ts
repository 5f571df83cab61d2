import { callEcho, checkEcho, createEchoAgents, inRotation } from "../echoAgents.js";
import { keepInFlight } from "../keepInFlight.js";

/**
 * A script of a user, as `watch` runs it: `node echoCalls.js PORT CALLS`. Keeps 10,000 calls in flight to 100 agents of the server at
 * this port, and prints how many a second were answered.
 */
export interface EchoCallsOutput {
  readonly callsPerSecond: number;
}

const [port = 0, calls = 0] = process.argv.slice(2).map(Number);
const agents = await createEchoAgents({ host: "127.0.0.1", port }, 100);
const load = {
  inFlight: 10_000,
  call: (number: number) => callEcho(inRotation(agents, number)),
  check: checkEcho,
};
// Compiled code is not what is measured, nor the first second with a daemon.
await keepInFlight({ ...load, calls });
const output: EchoCallsOutput = { callsPerSecond: await keepInFlight({ ...load, calls }) };
process.stdout.write(`${JSON.stringify(output)}\n`);
