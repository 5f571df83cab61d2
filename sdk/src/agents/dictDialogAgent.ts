import { InvalidArgumentError, ModelCallError } from "../errors.js";
import { Msg } from "../messages/msg.js";
import type { ChatMessage, ChatRequest } from "../models/chatModel.js";
import type { ValueSchema } from "../models/valueSchema.js";
import { agent } from "./agentDecorator.js";
import { builtInAgent, portableConfig } from "./brand.js";
import { ModelAgent, type ModelAgentConfig } from "./modelAgent.js";
import { portableSchema } from "./portableSchema.js";

export interface DictDialogAgentConfig extends ModelAgentConfig {
  /** What the answer must be: a schema of zod (kept as what it says in JSON Schema), or a JSON Schema; of an object. */
  schema: ValueSchema;
  /** How often the model is told what was wrong with its answer and asked again. Default 3. */
  maxRetries?: number | undefined;
}

/**
 * Takes part in a conversation with answers of a fixed form: the content of its messages is an object that fits `schema`. It
 * speaks the object's field `speak` if that is a text, else all of it.
 */
@agent
export class DictDialogAgent<Config extends DictDialogAgentConfig = DictDialogAgentConfig> extends ModelAgent<Config> {
  static readonly [builtInAgent] = "DictDialogAgent";

  /** @throws InvalidArgumentError when there is no schema, or none that can be used. */
  constructor(config: Config) {
    super(withPortableSchema(config));
    if (config.schema === undefined) {
      throw new InvalidArgumentError(
        `${nameOf(config)} has no schema: say what its answers are, by zod or JSON Schema`,
      );
    }
  }

  static [portableConfig](config: DictDialogAgentConfig): DictDialogAgentConfig {
    return withPortableSchema(config);
  }

  override async reply(x?: Msg | Msg[]): Promise<Msg<Record<string, unknown>>> {
    const messages = await this.messages(this.hear(x));
    const content = await this.answerOfForm({ messages, schema: this.config.schema });
    const said = new Msg({ name: this.name, content, role: "assistant" });
    this.remember(said);
    await this.speak(typeof content["speak"] === "string" ? content["speak"] : said);
    return said;
  }

  private async answerOfForm(request: ChatRequest): Promise<Record<string, unknown>> {
    const corrections: ChatMessage[] = [];
    for (let retries = this.config.maxRetries ?? 3; ; retries--) {
      try {
        const { object } = await this.answer({ ...request, messages: [...request.messages, ...corrections] });
        return object as Record<string, unknown>;
      } catch (thrown) {
        if (!(thrown instanceof ModelCallError) || thrown.details.reason !== "bad-answer" || retries <= 0) throw thrown;
        corrections.push(
          { role: "assistant", content: thrown.details.text ?? "" },
          {
            role: "user",
            content: `That can't be used: ${thrown.rootMessage}\nAnswer again, in the form that was asked for.`,
          },
        );
      }
    }
  }
}

/** The config with its schema as data; a subclass may have it in its constructor. */
function withPortableSchema<Config extends DictDialogAgentConfig>(config: Config): Config {
  if (config?.schema === undefined) return config;
  return { ...config, schema: portableSchema(config.schema, nameOf(config)) };
}

function nameOf({ name }: DictDialogAgentConfig): string {
  return `DictDialogAgent ${JSON.stringify(name)}`;
}
