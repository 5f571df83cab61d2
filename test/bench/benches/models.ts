import { DialogAgent, init, Msg, RpcAgentClient } from "agentscope-distributed";
import { AgentServer } from "../agentServer.js";
import type { Bench } from "../bench.js";
import { valueAtMost } from "../figure.js";
import { SlowModel } from "../slowModel.js";

const agentCount = 100;

export const models: Bench = {
  name: "models",
  what: `${agentCount} DialogAgents on one server, each with a model call of one second`,

  async run(context) {
    init({ quiet: true });
    const model = context.own(await SlowModel.start(1_000));
    const server = context.own(await AgentServer.start());
    const client = context.own(new RpcAgentClient(server.address));
    await client.setModelConfigs(model.config);
    const agents = Array.from({ length: agentCount }, (_, index) => {
      const { config_name: modelConfigName } = model.config;
      return new DialogAgent({ name: `agent ${index}`, useMemory: false, modelConfigName, toDist: server.address });
    });
    const rounds = await context.inTurn({
      ours: async () => {
        const begun = performance.now();
        const asked = agents.map((agent) => agent(new Msg({ name: "main", role: "user", content: "Well?" })));
        for (const answer of asked)
          if ((await answer.content) !== model.answer) throw new Error("not the model's answer");
        return performance.now() - begun;
      },
    });
    return [
      context.figure(rounds, {
        figure: "all have answered",
        unit: "ms",
        values: rounds.of.ours,
        goal: valueAtMost(1_200),
      }),
    ];
  },
};
