import { isDeepStrictEqual } from "node:util";
import type { LanguageModelV3 } from "@ai-sdk/provider";
import { accessOf, type ModelAccess } from "./modelAccess.js";
import type { ModelConfig, RemoteModelConfig } from "./modelConfigSchema.js";
import { modelNameOf, providers, structuredOutputOf } from "./providers.js";

/** A model that can be called, and what must be masked in all it says of failures. */
export interface OpenModel {
  model: LanguageModelV3;
  keys: readonly string[];
}

/** Making a model costs as much as calling it; the keys tell whether it is still the right one. */
const opened = new WeakMap<ModelConfig, OpenModel>();

/** Loads what the provider needs, with the first model of it. @throws ModelCallError when its key is missing. */
export async function openModel(config: ModelConfig): Promise<OpenModel> {
  if (config.model_type === "embedded_chat") {
    const { EmbeddedModel } = await import("./embedded/embeddedModel.js");
    return { model: new EmbeddedModel(config), keys: [] };
  }
  if (config.model_type === "vscode_lm") {
    const { EditorModel } = await import("./editor/editorModel.js");
    return { model: new EditorModel(config), keys: [] };
  }
  const access = accessOf(config);
  const before = opened.get(config);
  if (before !== undefined && isDeepStrictEqual(before.keys, access.keys)) return before;
  const made = { model: await remoteModel(config, access), keys: access.keys };
  opened.set(config, made);
  return made;
}

async function remoteModel(config: RemoteModelConfig, { apiKey, headers }: ModelAccess): Promise<LanguageModelV3> {
  const modelName = modelNameOf(config);
  const shown = {
    headers,
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(config.base_url === undefined ? {} : { baseURL: config.base_url }),
  };
  switch (config.model_type) {
    case "openai_chat": {
      const { createOpenAI } = await import("@ai-sdk/openai");
      const { organization } = config;
      return createOpenAI({ ...shown, ...(organization === undefined ? {} : { organization }) }).chat(modelName);
    }
    case "anthropic_chat": {
      const { createAnthropic } = await import("@ai-sdk/anthropic");
      return createAnthropic(shown)(modelName);
    }
    case "gemini_chat": {
      const { createGoogleGenerativeAI } = await import("@ai-sdk/google");
      return createGoogleGenerativeAI(shown)(modelName);
    }
    default: {
      const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
      return createOpenAICompatible({
        ...shown,
        name: optionsName(config),
        baseURL: config.base_url ?? (providers[config.model_type].baseUrl as string),
        includeUsage: true,
        supportsStructuredOutputs: structuredOutputOf(config) === "json_schema",
      })(modelName);
    }
  }
}

/** Under which name the AI SDK takes `provider_options`. */
export function optionsName({ model_type: type }: ModelConfig): string {
  if (type === "gemini_chat") return "google";
  return type === "post_api_chat" ? "api" : type.replace(/_chat$/, "");
}
