import type { LanguageModelV3, LanguageModelV3CallOptions } from "@ai-sdk/provider";
import { injectJsonInstructionIntoMessages, type Schema } from "@ai-sdk/provider-utils";
import type { ChatRequest } from "./chatModel.js";
import { modelPrompt } from "./conversation.js";
import { isRemoteModel, type ModelConfig } from "./modelConfigSchema.js";
import { optionsName } from "./openModel.js";
import { structuredOutputOf } from "./providers.js";
import { checkedSchema, requireObject } from "./schemaCheck.js";

/** What a model is asked with, and what its answer is checked against; the same for all tries of a call. */
export interface CallOptions {
  options: LanguageModelV3CallOptions;
  tools: ReadonlyMap<string, Schema>;
  schema: Schema | undefined;
  /** The value may stand in the middle of other text. */
  findsJson: boolean;
  /** Ask for the answer piece by piece. */
  streams: boolean;
}

/** @throws InvalidArgumentError when a schema can't be used. */
export async function callOptions(
  config: ModelConfig,
  { model, request }: { model: LanguageModelV3; request: ChatRequest },
  abortSignal: AbortSignal,
): Promise<CallOptions> {
  const asked = { model, modelType: config.model_type };
  const prompt = await modelPrompt(request.messages, asked, abortSignal);
  const options = { prompt, abortSignal, ...settingsOf(config) };
  const schema = request.schema === undefined ? undefined : checkedSchema(request.schema);
  const tools = new Map((request.tools ?? []).map(({ name, inputSchema }) => [name, checkedSchema(inputSchema)]));
  const way = structuredOutputOf(config);
  return {
    options: {
      ...(schema === undefined ? options : await askingFor(schema, way, options)),
      ...(await toolsOf(request, tools)),
    },
    tools,
    schema,
    findsJson: way !== "json_schema",
    streams: !isRemoteModel(config) || config.stream !== false,
  };
}

function settingsOf(config: ModelConfig): Omit<LanguageModelV3CallOptions, "prompt"> {
  if (config.model_type === "embedded_chat") return {};
  if (config.model_type === "vscode_lm") {
    return { providerOptions: { [optionsName(config)]: (config.provider_options ?? {}) as Record<string, string> } };
  }
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

async function askingFor(
  schema: Schema,
  way: ReturnType<typeof structuredOutputOf>,
  options: LanguageModelV3CallOptions,
): Promise<LanguageModelV3CallOptions> {
  const json = await schema.jsonSchema;
  requireObject(json as Record<string, unknown>);
  if (way === "json_schema") return { ...options, responseFormat: { type: "json", schema: json } };
  const prompt = injectJsonInstructionIntoMessages({ messages: options.prompt, schema: json });
  return way === "prompt" ? { ...options, prompt } : { ...options, prompt, responseFormat: { type: "json" } };
}

async function toolsOf(
  { tools = [], toolChoice = "auto" }: ChatRequest,
  schemas: ReadonlyMap<string, Schema>,
): Promise<Pick<LanguageModelV3CallOptions, "tools" | "toolChoice">> {
  if (tools.length === 0) return {};
  return {
    tools: await Promise.all(
      tools.map(async ({ name, description }) => ({
        type: "function" as const,
        name,
        description,
        inputSchema: (await schemas.get(name)?.jsonSchema) ?? {},
      })),
    ),
    toolChoice: typeof toolChoice === "string" ? { type: toolChoice } : { type: "tool", toolName: toolChoice.tool },
  };
}
