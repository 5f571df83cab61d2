import { afterEach, describe, expect, test, vi } from "vitest";
import type { ChatMessage, ChatModel } from "../../src/models/chatModel.js";
import { findModel } from "../../src/models/findModel.js";
import { init } from "../../src/orchestration/init.js";
import { callsTool, fails, ModelServer, says, sends } from "./modelServer.js";
import { failureOf } from "./testModel.js";

afterEach(() => {
  vi.unstubAllEnvs();
});

function model(type: string, { baseUrl }: { baseUrl: string }, fields: Record<string, unknown> = {}): ChatModel {
  init({ modelConfigs: { config_name: "m", model_type: type, model_name: "m-1", base_url: baseUrl, ...fields } });
  return findModel("m");
}

const user: ChatMessage = { role: "user", content: "hello" };
const system: ChatMessage = { role: "system", content: "Be brief." };
const late: ChatMessage = { role: "system", content: "The moderator joins." };
const tools = [
  {
    name: "weather",
    description: "Tells the weather.",
    inputSchema: { type: "object", properties: { city: { type: "string" } } },
  },
];
const result: ChatMessage = { role: "tool", toolCallId: "call-1", toolName: "weather", content: "rain" };
const schema = {
  type: "object",
  properties: { mood: { type: "string" } },
  required: ["mood"],
  additionalProperties: false,
};

describe.each([
  ["openai_chat", "OPENAI_API_KEY"],
  ["dashscope_chat", "DASHSCOPE_API_KEY"],
  ["deepseek_chat", "DEEPSEEK_API_KEY"],
])("%s", (type, variable) => {
  test(`takes its key from ${variable}, and speaks OpenAI's language`, async () => {
    vi.stubEnv(variable, "planted-key-1");
    await using server = await ModelServer.start(
      says("hi"),
      callsTool("weather", '{"city":"Oslo"}'),
      says('{"mood":"good"}'),
    );
    const asked = model(type, server);
    expect((await asked.generate({ messages: [system, user, late] })).text).toBe("hi");
    expect(server.requests[0]).toMatchObject({
      path: "/v1/chat/completions",
      headers: { authorization: "Bearer planted-key-1" },
      body: { model: "m-1", stream: true, messages: [system, user, late] },
    });
    expect((await asked.generate({ messages: [user], tools })).toolCalls).toEqual([
      { id: "call-1", name: "weather", input: { city: "Oslo" } },
    ]);
    expect((await asked.generate({ messages: [user], schema })).object).toEqual({ mood: "good" });
    expect(server.requests[2]?.body["response_format"]).toMatchObject({
      type: type === "openai_chat" ? "json_schema" : "json_object",
    });
  });
});

describe("ollama_chat", () => {
  test("needs no key, and asks for values by schema", async () => {
    await using server = await ModelServer.start(says('{"mood":"good"}'));
    expect((await model("ollama_chat", server).generate({ messages: [user], schema })).object).toEqual({
      mood: "good",
    });
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
    expect(server.requests[0]?.body["response_format"]).toMatchObject({ type: "json_schema", json_schema: { schema } });
  });
});

describe("post_api_chat", () => {
  test("gets images as they are", async () => {
    await using server = await ModelServer.start(says("A cat."));
    const files = [{ data: new Uint8Array([1, 2, 3]), mediaType: "image/png" }];
    await model("post_api_chat", server).generate({ messages: [{ role: "user", content: "What is it?", files }] });
    expect(server.requests[0]?.body["messages"]).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "What is it?" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AQID" } },
        ],
      },
    ]);
  });

  test("gives back what a model thought before it called tools, and keeps it nowhere else", async () => {
    const thinks = sends(
      [
        { delta: { reasoning_content: "It may " } },
        { delta: { reasoning_content: "rain." } },
        {
          delta: {
            tool_calls: [{ index: 0, id: "call-1", type: "function", function: { name: "weather", arguments: "{}" } }],
          },
        },
        { delta: {}, finish_reason: "tool_calls" },
      ]
        .map(
          (choice) =>
            `data: ${JSON.stringify({ id: "1", created: 1, model: "m", choices: [{ index: 0, ...choice }] })}\n\n`,
        )
        .join(""),
    );
    await using server = await ModelServer.start(thinks, says("It rains."));
    const asked = model("post_api_chat", server);
    const first = await asked.generate({ messages: [user], tools });
    expect(first.text).toBe("");
    expect(JSON.parse(JSON.stringify(first.message))).toEqual(first.message);
    const second = await asked.generate({ messages: [user, first.message, result], tools });
    expect(second.message).toEqual({ role: "assistant", content: "It rains." });
    expect(server.requests[1]?.body["messages"]).toMatchObject([
      user,
      { role: "assistant", reasoning_content: "It may rain.", tool_calls: [{ id: "call-1" }] },
      { role: "tool", tool_call_id: "call-1", content: "rain" },
    ]);
  });
});

describe("anthropic_chat", () => {
  const event = (data: { type: string }) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
  const events = (...data: ({ type: string } & Record<string, unknown>)[]) =>
    sends(
      [
        {
          type: "message_start",
          message: {
            id: "1",
            type: "message",
            role: "assistant",
            model: "m-1",
            content: [],
            usage: { input_tokens: 9, output_tokens: 1 },
          },
        },
        ...data,
        { type: "message_stop" },
      ]
        .map(event)
        .join(""),
    );
  const end = (reason: string) => ({
    type: "message_delta",
    delta: { stop_reason: reason },
    usage: { output_tokens: 4 },
  });

  test("streams, counts, takes its key from ANTHROPIC_API_KEY, and system messages first", async () => {
    vi.stubEnv("ANTHROPIC_API_KEY", "planted-key-2");
    const text = (words: string) => ({
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text: words },
    });
    await using server = await ModelServer.start(
      events(
        { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
        text("Good "),
        text("day."),
        { type: "content_block_stop", index: 0 },
        end("end_turn"),
      ),
    );
    const {
      text: said,
      usage,
      finishReason,
    } = await model("anthropic_chat", server).generate({ messages: [system, user, late] });
    expect({ said, usage, finishReason }).toEqual({
      said: "Good day.",
      usage: { inputTokens: 9, outputTokens: 4 },
      finishReason: "stop",
    });
    expect(server.requests[0]).toMatchObject({
      path: "/v1/messages",
      headers: { "x-api-key": "planted-key-2" },
      body: {
        model: "m-1",
        system: [{ type: "text", text: "Be brief." }],
        messages: [{ role: "user", content: [{ text: "hello" }, { text: "The moderator joins." }] }],
      },
    });
  });

  test("gets its signed thoughts back with the results of tool calls", async () => {
    vi.stubEnv("ANTHROPIC_API_KEY", "planted-key-2");
    const block = (index: number, content: object, ...deltas: object[]) => [
      { type: "content_block_start", index, content_block: content },
      ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
      { type: "content_block_stop", index },
    ];
    await using server = await ModelServer.start(
      events(
        ...block(
          0,
          { type: "thinking", thinking: "" },
          { type: "thinking_delta", thinking: "Rain?" },
          { type: "signature_delta", signature: "signed" },
        ),
        ...block(
          1,
          { type: "tool_use", id: "call-1", name: "weather", input: {} },
          { type: "input_json_delta", partial_json: '{"city":"Oslo"}' },
        ),
        end("tool_use"),
      ),
      events(...block(0, { type: "text", text: "" }, { type: "text_delta", text: "It rains." }), end("end_turn")),
    );
    const asked = model("anthropic_chat", server);
    const { message, toolCalls } = await asked.generate({ messages: [user], tools });
    expect(toolCalls).toEqual([{ id: "call-1", name: "weather", input: { city: "Oslo" } }]);
    expect((await asked.generate({ messages: [user, message, result], tools })).text).toBe("It rains.");
    expect(server.requests[1]?.body["messages"]).toMatchObject([
      { role: "user" },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Rain?", signature: "signed" },
          { type: "tool_use", id: "call-1", input: { city: "Oslo" } },
        ],
      },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "call-1" }] },
    ]);
  });

  test("says why it failed", async () => {
    vi.stubEnv("ANTHROPIC_API_KEY", "planted-key-2");
    await using server = await ModelServer.start(fails(401, "invalid x-api-key"));
    const error = await failureOf(model("anthropic_chat", server).generate({ messages: [user] }));
    expect(error.message).toMatch(
      /^Anthropic, model m-1 \(config "m"\), status 401: .*Check the key in ANTHROPIC_API_KEY/,
    );
  });

  test("that breaks off is no answer", async () => {
    vi.stubEnv("ANTHROPIC_API_KEY", "planted-key-2");
    await using server = await ModelServer.start(
      sends(
        event({
          type: "message_start",
          ...{
            message: {
              id: "1",
              type: "message",
              role: "assistant",
              model: "m",
              content: [],
              usage: { input_tokens: 1, output_tokens: 1 },
            },
          },
        }),
      ),
    );
    const error = await failureOf(model("anthropic_chat", server, { max_retries: 0 }).generate({ messages: [user] }));
    expect(error.details.reason).toBe("unreachable");
  });
});

describe("gemini_chat", () => {
  const chunks = (...data: object[]) => sends(data.map((one) => `data: ${JSON.stringify(one)}\n\n`).join(""));
  const candidate = (parts: object[], finishReason?: string) => ({
    candidates: [{ content: { role: "model", parts }, ...(finishReason === undefined ? {} : { finishReason }) }],
    usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 4, totalTokenCount: 13 },
  });

  test("streams, counts, takes its key from GEMINI_API_KEY, and system messages first", async () => {
    vi.stubEnv("GEMINI_API_KEY", "planted-key-3");
    await using server = await ModelServer.start(
      chunks(candidate([{ text: "Good " }]), candidate([{ text: "day." }], "STOP")),
    );
    const { text, usage } = await model("gemini_chat", server).generate({ messages: [system, user, late] });
    expect({ text, usage }).toEqual({ text: "Good day.", usage: { inputTokens: 9, outputTokens: 4 } });
    expect(server.requests[0]).toMatchObject({
      headers: { "x-goog-api-key": "planted-key-3" },
      body: {
        systemInstruction: { parts: [{ text: "Be brief." }] },
        contents: [
          { role: "user", parts: [{ text: "hello" }] },
          { role: "user", parts: [{ text: "The moderator joins." }] },
        ],
      },
    });
    expect(server.requests[0]?.path).toMatch(/^\/v1\/models\/m-1:streamGenerateContent/);
  });

  test("gets the signature of its thoughts back with the results of tool calls", async () => {
    vi.stubEnv("GEMINI_API_KEY", "planted-key-3");
    const call = { functionCall: { name: "weather", args: { city: "Oslo" } }, thoughtSignature: "signed" };
    await using server = await ModelServer.start(
      chunks(candidate([call], "STOP")),
      chunks(candidate([{ text: "It rains." }], "STOP")),
    );
    const asked = model("gemini_chat", server);
    const { message, toolCalls } = await asked.generate({ messages: [user], tools });
    expect(toolCalls).toMatchObject([{ name: "weather", input: { city: "Oslo" } }]);
    const id = toolCalls[0]?.id ?? "";
    expect((await asked.generate({ messages: [user, message, { ...result, toolCallId: id }], tools })).text).toBe(
      "It rains.",
    );
    expect(JSON.stringify(server.requests[1]?.body["contents"])).toContain('"thoughtSignature":"signed"');
  });

  test("with nothing but a system message is asked it as a user's", async () => {
    vi.stubEnv("GEMINI_API_KEY", "planted-key-3");
    await using server = await ModelServer.start(chunks(candidate([{ text: "ok" }], "STOP")));
    await model("gemini_chat", server).generate({ messages: [system] });
    expect(server.requests[0]?.body["contents"]).toEqual([{ role: "user", parts: [{ text: "Be brief." }] }]);
  });
});
