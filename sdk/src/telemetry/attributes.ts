import type { Attributes } from "@opentelemetry/api";
import { AgentScopeError, ModelCallError } from "../errors.js";
import type { ModelType, ModelConfig } from "../models/modelConfigSchema.js";
import { providers } from "../models/providers.js";
import { idOfMeant } from "../runtime/relayId.js";
import type { SpanAgent } from "./telemetry.js";

// Names of OpenTelemetry's semantic conventions for generative AI (in development there, and not in its package's stable part).

/** How the conventions call the providers. */
const providerNames: Record<ModelType, string> = {
  openai_chat: "openai",
  anthropic_chat: "anthropic",
  gemini_chat: "gcp.gemini",
  dashscope_chat: "dashscope",
  deepseek_chat: "deepseek",
  ollama_chat: "ollama",
  post_api_chat: "openai_compatible",
  vscode_lm: "vscode",
  embedded_chat: "agentscope.embedded",
};

/** Where the providers' own libraries go. */
const ownAddresses: Partial<Record<ModelType, string>> = {
  openai_chat: "https://api.openai.com",
  anthropic_chat: "https://api.anthropic.com",
  gemini_chat: "https://generativelanguage.googleapis.com",
};

export function agentAttributes({ label, className }: SpanAgent, method: string): Attributes {
  return {
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.agent.id": idOfMeant(label.id),
    "gen_ai.agent.name": label.name,
    "agentscope.agent.class": className,
    "agentscope.call.method": method,
  };
}

/** Of measured values: without what is different for each of a million agents. */
export function agentMeasured({ className }: SpanAgent, method: string): Attributes {
  return {
    "gen_ai.operation.name": "invoke_agent",
    "agentscope.agent.class": className,
    "agentscope.call.method": method,
  };
}

/** What tells kinds of calls of models apart, in spans and in measured values. */
export function modelAttributes(config: ModelConfig, modelName: string): Attributes {
  const { model_type: type } = config;
  const baseUrl = "base_url" in config ? config.base_url : undefined;
  const address = baseUrl ?? providers[type].baseUrl ?? ownAddresses[type];
  return {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": providerNames[type],
    "gen_ai.request.model": modelName,
    ...(address !== undefined && urlAttributes(address)),
  };
}

/** What was asked for beside the messages. */
export function requestAttributes(config: ModelConfig): Attributes {
  const { temperature, max_tokens, top_p, seed } = "generate_args" in config ? (config.generate_args ?? {}) : {};
  return {
    "agentscope.model.config": config.config_name,
    ...(temperature !== undefined && { "gen_ai.request.temperature": temperature }),
    ...(max_tokens !== undefined && { "gen_ai.request.max_tokens": max_tokens }),
    ...(top_p !== undefined && { "gen_ai.request.top_p": top_p }),
    ...(seed !== undefined && { "gen_ai.request.seed": seed }),
  };
}

function urlAttributes(address: string): Attributes {
  const { hostname, port, protocol } = new URL(address);
  return {
    "server.address": hostname,
    "server.port": port === "" ? (protocol === "http:" ? 80 : 443) : Number(port),
  };
}

/** Where an agent lives that is called over the network; nothing where that is no address. */
export function serverAttributes(server: string): Attributes {
  const [, host, port] = /^\[?([^\]]+)\]?:(\d+)$/.exec(server) ?? [];
  return host === undefined ? {} : { "server.address": host, "server.port": Number(port) };
}

/** What kind of error ended something: few values, and nothing that anybody has written. */
export function errorType(error: unknown): string {
  if (error instanceof ModelCallError) return error.details.reason;
  if (error instanceof AgentScopeError) return error.code;
  return error instanceof Error ? error.name : "_OTHER";
}
