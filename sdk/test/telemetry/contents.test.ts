import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { ModelCallError } from "../../src/errors.js";
import type { ChatResult } from "../../src/models/chatModel.js";
import type { ModelConfig } from "../../src/models/modelConfigSchema.js";
import { settings } from "../../src/orchestration/settings.js";
import { telemetry } from "../../src/telemetry/telemetry.js";
import { recordSpans, startAnew, takeSpans } from "./recordedSpans.js";

const key = "planted-key-0123456789";
const config: ModelConfig = {
  config_name: "mine",
  model_type: "post_api_chat",
  base_url: "https://models.example:8443/v1",
  api_key: "env:PLANTED_KEY",
  generate_args: { temperature: 0.5, max_tokens: 100 },
};
const request = { messages: [{ role: "user" as const, content: `a secret question, and the key ${key}` }] };
const answer: ChatResult = {
  text: "a secret answer",
  toolCalls: [],
  usage: { inputTokens: 7, outputTokens: undefined },
  finishReason: "stop",
  message: { role: "assistant", content: "a secret answer" },
};

beforeAll(() => recordSpans());
beforeEach(() => {
  vi.stubEnv("PLANTED_KEY", key);
  settings.modelConfigs = [config];
});
afterEach(() => {
  vi.unstubAllEnvs();
  settings.modelConfigs = [];
  takeSpans();
});

test("a call of a model has its provider, its server and the tokens that are known, and no message", async () => {
  startAnew();
  expect(await telemetry.on?.modelCall(config, request, async () => answer)).toBe(answer);
  const [span] = takeSpans();
  expect(span?.name).toBe("chat mine");
  expect(span?.attributes).toEqual({
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai_compatible",
    "gen_ai.request.model": "mine",
    "server.address": "models.example",
    "server.port": 8443,
    "agentscope.model.config": "mine",
    "gen_ai.request.temperature": 0.5,
    "gen_ai.request.max_tokens": 100,
    "gen_ai.usage.input_tokens": 7,
    "gen_ai.response.finish_reasons": ["stop"],
  });
});

test("messages are told where the user wants it, without keys", async () => {
  vi.stubEnv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true");
  startAnew();
  await telemetry.on?.modelCall(config, request, async () => answer);
  const [span] = takeSpans();
  expect(JSON.parse(String(span?.attributes["gen_ai.input.messages"]))).toEqual([
    { role: "user", parts: [{ type: "text", content: "a secret question, and the key ***" }] },
  ]);
  expect(JSON.parse(String(span?.attributes["gen_ai.output.messages"]))).toEqual([
    { role: "assistant", parts: [{ type: "text", content: "a secret answer" }], finish_reason: "stop" },
  ]);
});

test("a failed call of a model says why in a word, and rejects with what it rejected with", async () => {
  startAnew();
  const details = {
    configName: "mine",
    modelType: "post_api_chat",
    modelName: "mine",
    reason: "rate-limited",
    status: 429,
  } as const;
  const error = new ModelCallError(`too many: a secret question, ${key}`, { details: { ...details, hint: undefined } });
  await expect(telemetry.on?.modelCall(config, request, () => Promise.reject(error))).rejects.toBe(error);
  const [span] = takeSpans();
  expect(span?.attributes["error.type"]).toBe("rate-limited");
  expect(span?.status.message).toBe("MODEL_FAILED: rate-limited, status 429");
  expect(JSON.stringify(span?.attributes)).not.toContain("secret");
});
