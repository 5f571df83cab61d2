import { AgentServer } from "../agentServer.js";
import type { Bench } from "../bench.js";
import { Daemon } from "../daemon.js";
import { ratioAtLeast } from "../figure.js";
import type { EchoCallsOutput } from "../programs/echoCalls.js";
import { runProgram } from "../runProgram.js";
import { StudioWatcher } from "../studioWatcher.js";

/** More than the default 8,192, which would refuse the rest of 10,000 calls. */
const maxPoolSize = 20_000;

export const watch: Bench = {
  name: "watch",
  what: "throughput with a daemon that is told of each run, and a client that watches it; the yardstick is the same without",

  async run(context) {
    const calls = context.quick ? 40_000 : 100_000;
    const daemon = context.own(await Daemon.start());
    const watcher = context.own(await StudioWatcher.connect(daemon));
    const alone = context.own(await AgentServer.start({ maxPoolSize }));
    const watched = context.own(await AgentServer.start({ maxPoolSize, studio: { daemon, serverId: "watched" } }));
    const callsPerSecond = async ({ port }: AgentServer, env: Record<string, string>): Promise<number> => {
      const { output } = await runProgram<EchoCallsOutput>("echoCalls", [port, calls], { env });
      return output.callsPerSecond;
    };
    const rounds = await context.inTurn(
      {
        yardstick: () => callsPerSecond(alone, { AGENTSCOPE_STUDIO_URL: "off" }),
        watched: () => callsPerSecond(watched, { ...daemon.env, AGENTSCOPE_STUDIO_URL: "" }),
      },
      { warmUps: context.quick ? 0 : 1 },
    );
    for (const kind of ["tree", "resources", "run"] as const) {
      if ((watcher.seen.get(kind) ?? 0) < rounds.of.watched.length)
        throw new Error(`the client has not seen the ${kind}`);
    }
    return [
      context.figure(rounds, {
        figure: "10,000 calls in flight, watched",
        unit: "calls/s",
        values: rounds.of.watched,
        yardstick: rounds.of.yardstick,
        goal: ratioAtLeast(0.9),
      }),
    ];
  },
};
