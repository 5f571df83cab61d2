import { type ModelMessage, Output, type streamText, type ToolSet, tool } from "ai";
import type { ChatRequest } from "./chatModel.js";
import { modelMessages } from "./conversation.js";
import type { ModelConfig, RemoteModelConfig } from "./modelConfigSchema.js";
import { optionsName } from "./openModel.js";
import { answerSchema, toolSchema } from "./schemaCheck.js";

/** What the AI SDK is asked with, but for the model. */
export type AnswerOptions = Omit<
  Parameters<typeof streamText<ToolSet, Output.Output>>[0],
  "model" | "prompt" | "messages"
> & { messages: ModelMessage[] };

/** Made once for all tries of a call. @throws InvalidArgumentError when a schema can't be used. */
export async function answerOptions(config: ModelConfig, request: ChatRequest): Promise<AnswerOptions> {
  const { messages, tools = [], toolChoice = "auto", schema } = request;
  const options: AnswerOptions = {
    messages: modelMessages(messages, config.model_type),
    allowSystemInMessages: true,
  };
  if (tools.length > 0) {
    options.tools = Object.fromEntries(
      tools.map(({ name, description, inputSchema }) => [
        name,
        tool({ description, inputSchema: toolSchema(inputSchema) }),
      ]),
    );
    options.toolChoice = typeof toolChoice === "string" ? toolChoice : { type: "tool", toolName: toolChoice.tool };
  }
  if (schema !== undefined) options.output = Output.object({ schema: await answerSchema(schema) });
  return config.model_type === "embedded_chat" ? options : { ...options, ...settingsOf(config) };
}

function settingsOf(config: RemoteModelConfig): Partial<AnswerOptions> {
  const { generate_args: args = {}, provider_options: options } = config;
  // Strict schemas of OpenAI allow no optional fields; answers are checked here anyway.
  const own = config.model_type === "openai_chat" ? { strictJsonSchema: false } : {};
  return {
    temperature: args.temperature,
    maxOutputTokens: args.max_tokens,
    topP: args.top_p,
    topK: args.top_k,
    presencePenalty: args.presence_penalty,
    frequencyPenalty: args.frequency_penalty,
    stopSequences: typeof args.stop === "string" ? [args.stop] : args.stop,
    seed: args.seed,
    providerOptions: { [optionsName(config)]: { ...own, ...(options as Record<string, string>) } },
  };
}
