import { AgentServer } from "../agentServer.js";
import type { Bench, BenchContext } from "../bench.js";
import { callEcho, checkEcho, createEchoAgents, inRotation } from "../echoAgents.js";
import { EchoCaller } from "../echoCaller.js";
import { keepInFlight } from "../keepInFlight.js";
import { NatsServer } from "../peers/natsServer.js";
import { PeerProcess } from "../peerProcess.js";
import { median } from "../statistics.js";
import { timeEach } from "../timeEach.js";
import { GrpcEcho } from "../yardsticks/grpcEcho.js";

const inFlight = 1_000;

/** Somebody's echo: ours, the yardstick's, or a peer's. */
type Echo = Pick<EchoCaller, "sequential" | "callsPerSecond">;

const program = (name: string): URL => new URL(`../peers/${name}.js`, import.meta.url);

async function ours(context: BenchContext): Promise<Echo> {
  const agents = await createEchoAgents(context.own(await AgentServer.start({ workers: 1 })), 1);
  const call = (number: number) => callEcho(inRotation(agents, number));
  return {
    sequential: (calls) => timeEach(calls, async (number) => checkEcho(await call(number))),
    callsPerSecond: (calls, at) => keepInFlight({ inFlight: at, calls, call, check: checkEcho }),
  };
}

/** Each in processes of its own: one calls, and another one, or a thread of it, echoes. */
async function startEchoes(context: BenchContext): Promise<Record<string, Echo>> {
  const echoes: Record<string, Echo> = {
    yardstick: context.own(await GrpcEcho.start()),
    "agents of ours": await ours(context),
  };
  const capnweb = context.own(await PeerProcess.start(program("capnwebServer")));
  echoes["capnweb over WebSocket"] = context.own(
    await EchoCaller.start(program("capnwebClient"), [capnweb.port("ws")]),
  );
  echoes["comedy, forked actor"] = context.own(await EchoCaller.start(program("comedyClient")));
  echoes["piscina, a worker thread"] = context.own(await EchoCaller.start(program("piscinaClient")));
  const nats = await NatsServer.start();
  if (nats === undefined) {
    process.stderr.write("peers: nats-server is not installed here, so NATS is left out\n");
    return echoes;
  }
  context.own(nats);
  context.own(await PeerProcess.start(program("natsResponder"), [nats.port]));
  echoes["NATS request-reply"] = context.own(await EchoCaller.start(program("natsClient"), [nats.port]));
  return echoes;
}

export const peers: Bench = {
  name: "peers",
  what: "the same echo by other libraries, beside ours and the yardstick's",
  quickRounds: 3,

  async run(context) {
    const [sequentialCalls, calls] = context.quick ? [300, 3_000] : [500, 10_000];
    const echoes = await startEchoes(context);
    const sides: Record<string, () => Promise<{ p50Ms: number; callsPerSecond: number }>> = {};
    for (const [name, echo] of Object.entries(echoes)) {
      sides[name] = async () => ({
        p50Ms: median(await echo.sequential(sequentialCalls)),
        callsPerSecond: await echo.callsPerSecond(calls, inFlight),
      });
    }
    const rounds = await context.inTurn(sides);
    const of = (name: string, key: "p50Ms" | "callsPerSecond") => (rounds.of[name] ?? []).map((round) => round[key]);
    const figures = (key: "p50Ms" | "callsPerSecond", { what, unit }: { what: string; unit: string }) =>
      Object.keys(echoes)
        .filter((name) => name !== "yardstick")
        .map((name) =>
          context.figure(rounds, {
            figure: `${name}, ${what}`,
            unit,
            values: of(name, key),
            yardstick: of("yardstick", key),
          }),
        );
    return [
      ...figures("callsPerSecond", { what: `${inFlight.toLocaleString("en-US")} in flight`, unit: "calls/s" }),
      ...figures("p50Ms", { what: "p50", unit: "ms" }),
    ];
  },
};
