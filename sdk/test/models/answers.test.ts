import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { after, callsTool, ModelServer, says, saysAtOnce, usage } from "./modelServer.js";
import { failureOf, key, keyVariable, messages, modelAt, piecesOf } from "./testModel.js";

beforeEach(() => {
  vi.stubEnv(keyVariable, key);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe("an answer", () => {
  test("comes piece by piece, and as a whole with usage and the reason of its end", async () => {
    await using server = await ModelServer.start(says("Good ", "morning", "."));
    const stream = modelAt(server).stream({ messages });
    expect(await piecesOf(stream)).toEqual(["Good ", "morning", "."]);
    expect(await stream.result).toEqual({
      text: "Good morning.",
      toolCalls: [],
      usage: { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens },
      finishReason: "stop",
      message: { role: "assistant", content: "Good morning." },
    });
  });

  test("is asked for with the key of the environment, the config's headers and generate_args", async () => {
    vi.stubEnv("TEST_HEADER", "from the environment");
    await using server = await ModelServer.start(says("ok"));
    const model = modelAt(server, {
      headers: { "x-tenant": "blue", "x-auth": "env:TEST_HEADER" },
      generate_args: { temperature: 0.2, max_tokens: 50, stop: "END" },
      provider_options: { enable_thinking: false },
    });
    await model.generate({ messages });
    const [request] = server.requests;
    expect(request?.path).toBe("/v1/chat/completions");
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${key}`,
      "x-tenant": "blue",
      "x-auth": "from the environment",
    });
    expect(request?.body).toMatchObject({
      model: "m-1",
      messages: [...messages],
      temperature: 0.2,
      max_tokens: 50,
      stop: ["END"],
      enable_thinking: false,
      stream: true,
    });
  });

  test("can be read after it is complete, and need not be read", async () => {
    await using server = await ModelServer.start(says("one ", "two"));
    const stream = modelAt(server).stream({ messages });
    expect((await stream.result).text).toBe("one two");
    expect(await piecesOf(stream)).toEqual(["one ", "two"]);
  });

  test("comes in one piece where the config says stream: false", async () => {
    await using server = await ModelServer.start(saysAtOnce("All at once."));
    const stream = modelAt(server, { stream: false }).stream({ messages });
    expect(await piecesOf(stream)).toEqual(["All at once."]);
    expect((await stream.result).usage.outputTokens).toBe(usage.completion_tokens);
    expect(server.requests[0]?.body["stream"]).not.toBe(true);
  });

  test("may be slow to begin", async () => {
    await using server = await ModelServer.start(after(300, says("late")));
    expect((await modelAt(server, { timeout: 5 }).generate({ messages })).text).toBe("late");
  });
});

describe("tools", () => {
  const weather = {
    name: "weather",
    description: "Tells the weather of a city.",
    inputSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  };

  test("are offered to the model, and what it calls comes with checked arguments", async () => {
    await using server = await ModelServer.start(callsTool("weather", '{"city":"Oslo"}'));
    const result = await modelAt(server).generate({ messages, tools: [weather], toolChoice: "required" });
    expect(result.toolCalls).toEqual([{ id: "call-1", name: "weather", input: { city: "Oslo" } }]);
    expect(result.finishReason).toBe("tool-calls");
    expect(server.requests[0]?.body).toMatchObject({
      tool_choice: "required",
      tools: [{ type: "function", function: { name: "weather", parameters: { required: ["city"] } } }],
    });
  });

  test.each([
    ["arguments that are no JSON", "weather", '{"city":'],
    ["arguments that do not fit", "weather", '{"town":"Oslo"}'],
    ["a tool that there is not", "traffic", "{}"],
  ])("that are called with %s are marked, for the agent to tell the model", async (_, name, args) => {
    await using server = await ModelServer.start(callsTool(name, args));
    const { toolCalls } = await modelAt(server).generate({ messages, tools: [weather] });
    expect(toolCalls).toHaveLength(1);
    expect(toolCalls[0]).toMatchObject({ id: "call-1", name, invalid: expect.stringMatching(/\w/) as string });
  });

  test("have results that go back to the model with the call they belong to", async () => {
    await using server = await ModelServer.start(callsTool("weather", '{"city":"Oslo"}'), says("It rains."));
    const model = modelAt(server);
    const first = await model.generate({ messages, tools: [weather] });
    const result = { role: "tool", toolCallId: "call-1", toolName: "weather", content: { sky: "rain" } } as const;
    expect((await model.generate({ messages: [...messages, first.message, result], tools: [weather] })).text).toBe(
      "It rains.",
    );
    expect(server.requests[1]?.body["messages"]).toMatchObject([
      ...messages,
      {
        role: "assistant",
        tool_calls: [{ id: "call-1", function: { name: "weather", arguments: '{"city":"Oslo"}' } }],
      },
      { role: "tool", tool_call_id: "call-1", content: '{"sky":"rain"}' },
    ]);
  });
});

describe("a value of a schema", () => {
  const schema = {
    type: "object",
    properties: { mood: { enum: ["good", "bad"] }, score: { type: "integer", minimum: 0 } },
    required: ["mood"],
  };

  test("is asked for in the prompt where the server may know no other way, and found in what stands around it", async () => {
    await using server = await ModelServer.start(says('Sure!\n```json\n{"mood": "good", ', '"score": 3}\n```\nBye.'));
    const { object } = await modelAt(server).generate({ messages, schema });
    expect(object).toEqual({ mood: "good", score: 3 });
    const { body } = server.requests[0] ?? {};
    expect(body?.["response_format"]).toBeUndefined();
    expect(JSON.stringify(body?.["messages"])).toContain('\\"enum\\":[\\"good\\",\\"bad\\"]');
  });

  test.each([
    ["json_object", { type: "json_object" }],
    ["json_schema", { type: "json_schema", json_schema: { schema: { required: ["mood"] } } }],
  ])("is asked for with %s where the config says so", async (way, format) => {
    await using server = await ModelServer.start(says('{"mood":"bad"}'));
    const { object } = await modelAt(server, { structured_output: way }).generate({ messages, schema });
    expect(object).toEqual({ mood: "bad" });
    expect(server.requests[0]?.body["response_format"]).toMatchObject(format);
  });

  test.each([
    [
      "does not fit",
      '{"mood":"so so","score":-1}',
      'mood: Instance does not match any of ["good","bad"]; score: -1 is less than 0',
    ],
    ["is no JSON", "I can't say.", "the answer is no JSON (it ended with: stop)"],
  ])("that %s is refused with what the model said and what is wrong with it", async (_, said, wrong) => {
    await using server = await ModelServer.start(says(said));
    const error = await failureOf(modelAt(server).generate({ messages, schema }));
    expect(error.details).toMatchObject({ reason: "bad-answer", text: said });
    expect(error.message).toContain(wrong);
    expect(server.requests).toHaveLength(1);
  });

  test("of zod is checked by zod", async () => {
    const own = z.object({ mood: z.string().transform((mood) => mood.length) });
    await using server = await ModelServer.start(says('{"mood":"good"}'), says('{"mood":5}'));
    const model = modelAt(server);
    expect((await model.generate({ messages, schema: own })).object).toEqual({ mood: 4 });
    const error = await failureOf(model.generate({ messages, schema: own }));
    expect(error.message).toMatch(/does not fit the schema: .*expected string.* at mood/);
  });

  test("must be an object", async () => {
    await using server = await ModelServer.start(says("[]"));
    const call = modelAt(server).generate({ messages, schema: { type: "array", items: {} } });
    await expect(call).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });
});
