import {
  type ChatMessage,
  type ChatModel,
  type ChatResult,
  findModel,
  init,
  type ModelCallError,
  type ModelConfig,
} from "agentscope-distributed";
import { expectTypeOf, test } from "vitest";
import { z } from "zod";

declare const model: ChatModel;
declare const error: ModelCallError;

test("a model is found by name, or without one", () => {
  expectTypeOf(findModel("gpt")).toEqualTypeOf<ChatModel>();
  expectTypeOf(findModel()).toEqualTypeOf<ChatModel>();
});

test("a call takes messages of all roles, tools, schemas of zod or JSON, and a signal", () => {
  const messages: ChatMessage[] = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "hello", files: [{ data: new URL("https://example.com/a.png"), mediaType: "image/png" }] },
    { role: "assistant", content: "", toolCalls: [{ id: "1", name: "t", input: {} }] },
    { role: "tool", toolCallId: "1", toolName: "t", content: { found: true } },
  ];
  const tools = [{ name: "t", description: "d", inputSchema: z.object({ a: z.string() }) }];
  expectTypeOf(model.generate({ messages, tools, toolChoice: { tool: "t" } })).resolves.toEqualTypeOf<ChatResult>();
  expectTypeOf(model.stream({ messages, schema: { type: "object" } }).textStream).toEqualTypeOf<
    AsyncIterable<string>
  >();
  void model.generate({ messages, abortSignal: AbortSignal.timeout(1000) });
  // @ts-expect-error -- a message has one of the four roles
  void model.generate({ messages: [{ role: "human", content: "hi" }] });
  // @ts-expect-error -- a call is about something
  void model.generate({});
});

test("a failed call says for programs why", () => {
  expectTypeOf(error.details.reason).toBeString();
  expectTypeOf(error.details.status).toEqualTypeOf<number | undefined>();
});

test("init takes a path, a config, or a list", () => {
  expectTypeOf(init).toBeCallableWith({ modelConfigs: "models.json" });
  expectTypeOf(init).toBeCallableWith({ modelConfigs: { config_name: "a", model_type: "openai_chat" } });
  expectTypeOf(init).toBeCallableWith({ modelConfigs: [{ config_name: "a", model_type: "openai_chat" }] });
  const config: ModelConfig = { config_name: "a", model_type: "embedded_chat", max_sentences: 2 };
  expectTypeOf(init).toBeCallableWith({ modelConfigs: config });
  // @ts-expect-error -- there is no such kind of model
  const wrong: ModelConfig = { config_name: "a", model_type: "openai" };
  void wrong;
});
