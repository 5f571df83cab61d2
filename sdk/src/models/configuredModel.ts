import type { ChatModel, ChatRequest, ChatResult, ChatStream } from "./chatModel.js";
import type { ModelConfig } from "./modelConfigSchema.js";
import { modelNameOf } from "./providers.js";
import { telemetry } from "../telemetry/telemetry.js";
import { TextQueue } from "./textQueue.js";

/** The model of a config. What a call needs is loaded with the first one: a server without any loads no model library. */
export class ConfiguredModel implements ChatModel {
  constructor(private readonly config: ModelConfig) {}

  get configName(): string {
    return this.config.config_name;
  }

  get modelType(): string {
    return this.config.model_type;
  }

  get modelName(): string {
    return modelNameOf(this.config);
  }

  stream(request: ChatRequest): ChatStream {
    const text = new TextQueue();
    const result = this.call(request, (piece) => text.push(piece));
    result.then(
      () => text.end(),
      (thrown: unknown) => text.fail(thrown),
    );
    return { textStream: text.read(), result };
  }

  generate(request: ChatRequest): Promise<ChatResult> {
    return this.call(request, undefined);
  }

  private async call(request: ChatRequest, onText: ((piece: string) => void) | undefined): Promise<ChatResult> {
    request.abortSignal?.throwIfAborted();
    const { config } = this;
    const call = async () => {
      const { callModel } = await import("./callModel.js");
      return callModel({ config, request, onText });
    };
    return telemetry.on === undefined ? call() : telemetry.on.modelCall(config, request, call);
  }
}
