import { Msg, type Placeholder } from "agentscope-distributed";
import { AgentServer } from "../agentServer.js";
import { HopAgent, type Hops } from "../agents/hopAgent.js";
import type { Bench } from "../bench.js";
import { echoText } from "../echoMessage.js";
import { ratioAtMost } from "../figure.js";
import { median } from "../statistics.js";
import { GrpcEcho } from "../yardsticks/grpcEcho.js";

const hops = 200;

async function hopMs(a: HopAgent, b: HopAgent): Promise<number> {
  const beganAt = performance.now();
  let x: Msg | Placeholder = new Msg({
    name: "main",
    role: "user",
    content: { hops: 0, text: echoText } satisfies Hops,
  });
  for (let hop = 0; hop < hops; hop += 2) x = b(a(x));
  const made = ((await x.content) as Hops).hops;
  if (made !== hops) throw new Error(`the message made ${made} hops instead of ${hops}`);
  return (performance.now() - beganAt) / hops;
}

export const chain: Bench = {
  name: "chain",
  what: `${hops} hops a→b→a→b over two servers, one await at the end; the time of a hop`,

  async run(context) {
    const chains = context.quick ? 5 : 20;
    const servers = [context.own(await AgentServer.start()), context.own(await AgentServer.start())] as const;
    const a = new HopAgent({ name: "a", toDist: servers[0].address });
    const b = new HopAgent({ name: "b", toDist: servers[1].address });
    const grpc = context.own(await GrpcEcho.start());

    const rounds = await context.inTurn({
      async chain() {
        const each: number[] = [];
        for (let number = 0; number < chains; number++) each.push(await hopMs(a, b));
        return median(each);
      },
      yardstick: async () => median(await grpc.sequential(1_000)),
    });
    return [
      context.figure(rounds, {
        figure: "per hop",
        unit: "ms",
        values: rounds.of.chain,
        yardstick: rounds.of.yardstick,
        goal: ratioAtMost(0.5),
      }),
    ];
  },
};
