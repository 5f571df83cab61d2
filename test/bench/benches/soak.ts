import { RpcAgentServerLauncher } from "agentscope-distributed";
import { AgentServer } from "../agentServer.js";
import { EchoAgent } from "../agents/echoAgent.js";
import type { Bench } from "../bench.js";
import { callEcho, checkEcho, createEchoAgents, inRotation } from "../echoAgents.js";
import { ratioAtMost } from "../figure.js";
import { keepInFlight } from "../keepInFlight.js";
import { residentMemory } from "../processCounters.js";
import { median } from "../statistics.js";

const calls = 10_000_000;
const tenths = 10;
const inFlight = 1_000;
/** In each tenth memory is read so often, and a child server lives so often. */
const samplesPerTenth = 20;
const childrenPerTenth = 10;
/** After that no further tenth begins: on a machine with other work the last one that was done is the last. */
const longestSeconds = 100;
/** The first tenth fills heaps, the second is what the last is compared with: with fewer there is nothing between them. */
const leastTenths = 4;

/** A child server comes, answers, and is stopped. */
async function childServer(): Promise<void> {
  await using launcher = new RpcAgentServerLauncher({ customAgentClasses: [EchoAgent], workers: 1 });
  await launcher.launch();
  const agent = new EchoAgent({ name: "child", toDist: { host: launcher.host, port: launcher.port } });
  checkEcho(await callEcho(agent));
}

async function childServers(): Promise<void> {
  for (let number = 0; number < childrenPerTenth; number++) await childServer();
}

interface Memory {
  readonly mainMb: number;
  readonly serverMb: number;
}

export const soak: Bench = {
  name: "soak",
  what: "10,000,000 calls, with child servers that come and go: memory in the last tenth beside that in the second",
  rounds: 1,
  skipInQuick: true,

  async run(context) {
    const server = context.own(await AgentServer.start());
    const agents = await createEchoAgents(server, 100);
    const megabytes = (pid: number): number => residentMemory(pid).nowBytes / 1e6;

    /** A tenth of the calls; the medians of what was read meanwhile. */
    const tenth = async (): Promise<Memory> => {
      const [main, serverMemory]: [number[], number[]] = [[], []];
      const children = childServers();
      for (let sample = 0; sample < samplesPerTenth; sample++) {
        await keepInFlight({
          inFlight,
          calls: calls / tenths / samplesPerTenth,
          call: (number) => callEcho(inRotation(agents, number)),
          check: checkEcho,
        });
        main.push(megabytes(process.pid));
        serverMemory.push(megabytes(server.pid));
      }
      await children;
      return { mainMb: median(main), serverMb: median(serverMemory) };
    };

    const rounds = await context.inTurn(
      {
        async soak() {
          const beganAt = performance.now();
          const done: Memory[] = [];
          while (done.length < tenths && performance.now() - beganAt < longestSeconds * 1000) {
            context.progress(`tenth ${done.length + 1} of ${tenths}`);
            done.push(await tenth());
          }
          const [, second, ...later] = done;
          const last = later.at(-1);
          if (second === undefined || last === undefined || done.length < leastTenths) {
            throw new Error(`only ${done.length} tenths of the calls in ${longestSeconds} s: too few to compare`);
          }
          return { second, last, made: (calls / tenths) * done.length };
        },
      },
      { warmUps: 0 },
    );
    const [round] = rounds.of.soak;
    const after = `after ${(round?.made ?? 0).toLocaleString("en-US")} calls`;
    const figure = (whose: string, key: keyof Memory) =>
      context.figure(rounds, {
        figure: `memory of the ${whose} ${after}, beside its second tenth`,
        unit: "MB",
        values: rounds.of.soak.map(({ last }) => last[key]),
        yardstick: rounds.of.soak.map(({ second }) => second[key]),
        goal: ratioAtMost(1.05),
      });
    return [figure("main process", "mainMb"), figure("server", "serverMb")];
  },
};
