import { AgentBase, type AgentConfig, agent, Msg } from "agentscope-distributed";
import type { Survey } from "./surveyor.js";

/** Compares surveys. They come straight from the machines of the surveyors, not through the script. */
@agent
export class Comparer extends AgentBase {
  constructor(config: AgentConfig) {
    super(config);
  }

  override async reply(x?: Msg | Msg[]): Promise<Msg> {
    const messages = x === undefined ? [] : [x].flat();
    const surveys = messages.map((message) => message.content as Survey);
    const cores = surveys.reduce((sum, survey) => sum + survey.cores, 0);
    const lines = surveys.map(
      ({ machine, processId, system, cores: own, memoryGiB }, index) =>
        `${messages[index]?.name}: ${machine} (${system}), process ${processId}, ${own} cores, ${memoryGiB} GiB`,
    );
    const content = [...lines, `together ${cores} cores, compared in process ${process.pid}`].join("\n");
    return new Msg({ name: this.name, role: "assistant", content });
  }
}
