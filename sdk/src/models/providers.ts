import type { ModelConfig, RemoteModelConfig } from "./modelConfigSchema.js";
import { variableOf } from "./secrets.js";

/** What is known of a provider before anything of it is loaded. */
export interface Provider {
  /** How people call it. */
  label: string;
  /** The environment variables that may have its key, the first of them named in errors; none when it needs no key. */
  keyVariables: readonly string[];
  /** Where its API is; undefined where its own library knows. */
  baseUrl?: string;
  /** How a value of a schema is asked for, unless the config says so. */
  structuredOutput: StructuredOutput;
  /** What to do when it can't be reached. */
  unreachableHint: string;
}

export type StructuredOutput = "json_schema" | "json_object" | "prompt";

const network = "Check base_url and this machine's way to the network";

export const providers: Record<ModelConfig["model_type"], Provider> = {
  openai_chat: {
    label: "OpenAI",
    keyVariables: ["OPENAI_API_KEY"],
    structuredOutput: "json_schema",
    unreachableHint: network,
  },
  anthropic_chat: {
    label: "Anthropic",
    keyVariables: ["ANTHROPIC_API_KEY"],
    structuredOutput: "json_schema",
    unreachableHint: network,
  },
  gemini_chat: {
    label: "Gemini",
    keyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"],
    structuredOutput: "json_schema",
    unreachableHint: network,
  },
  dashscope_chat: {
    label: "DashScope",
    keyVariables: ["DASHSCOPE_API_KEY"],
    baseUrl: "https://dashscope.aliyuncs.com/compatible-mode/v1",
    structuredOutput: "json_object",
    unreachableHint: network,
  },
  deepseek_chat: {
    label: "DeepSeek",
    keyVariables: ["DEEPSEEK_API_KEY"],
    baseUrl: "https://api.deepseek.com/v1",
    structuredOutput: "json_object",
    unreachableHint: network,
  },
  ollama_chat: {
    label: "Ollama",
    keyVariables: [],
    baseUrl: "http://127.0.0.1:11434/v1",
    structuredOutput: "json_schema",
    unreachableHint:
      "Start it with `ollama serve`, or write where it runs as base_url, as in http://127.0.0.1:11434/v1",
  },
  post_api_chat: {
    label: "the API",
    keyVariables: [],
    structuredOutput: "prompt",
    unreachableHint: network,
  },
  vscode_lm: {
    label: "VS Code",
    keyVariables: [],
    structuredOutput: "prompt",
    unreachableHint: "",
  },
  embedded_chat: {
    label: "the embedded model",
    keyVariables: [],
    structuredOutput: "json_schema",
    unreachableHint: "",
  },
};

/** How values of a schema are asked for with this config. */
export function structuredOutputOf(config: ModelConfig): StructuredOutput {
  const chosen = "structured_output" in config ? config.structured_output : undefined;
  return chosen ?? providers[config.model_type].structuredOutput;
}

/** A provider's name as errors show it: `OpenAI`, or the address of an API that has no name. */
export function labelOf(config: ModelConfig): string {
  return config.model_type === "post_api_chat" ? `the API at ${config.base_url}` : providers[config.model_type].label;
}

/** The environment variables that a config's key can come from, in this order. */
export function keyVariablesOf(config: RemoteModelConfig): readonly string[] {
  const own = config.api_key === undefined ? undefined : variableOf(config.api_key);
  return own === undefined ? providers[config.model_type].keyVariables : [own];
}

/** What the embedded model is: it picks sentences, in English. */
export const embeddedModelName = "extractive-en";

/** A model's name as its provider knows it. */
export function modelNameOf(config: ModelConfig): string {
  if (config.model_name !== undefined) return config.model_name;
  if (config.model_type === "embedded_chat") return embeddedModelName;
  return config.model_type === "vscode_lm" ? "any" : config.config_name;
}
