import { Msg } from "../messages/msg.js";
import { agent } from "./agentDecorator.js";
import { builtInAgent } from "./brand.js";
import { ModelAgent, type ModelAgentConfig } from "./modelAgent.js";

/** What a {@link DialogAgent} is constructed with. */
export type DialogAgentConfig = ModelAgentConfig;

/**
 * Takes part in a conversation: answers by its model, with its system prompt and all that it has heard and said before. It
 * speaks its answer as it comes.
 *
 * @example
 * ```ts
 * const friday = new DialogAgent({ name: "Friday", sysPrompt: "You're a helpful assistant.", modelConfigName: "gpt" });
 * ```
 */
@agent
export class DialogAgent<Config extends DialogAgentConfig = DialogAgentConfig> extends ModelAgent<Config> {
  static readonly [builtInAgent] = "DialogAgent";

  override async reply(x?: Msg | Msg[]): Promise<Msg<string>> {
    const messages = await this.messages(this.hear(x));
    const { text } = await this.answerAloud({ messages });
    const said = new Msg({ name: this.name, content: text, role: "assistant" });
    this.remember(said);
    return said;
  }
}
