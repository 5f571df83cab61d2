import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { DialogAgent } from "../../src/agents/dialogAgent.js";
import { DictDialogAgent } from "../../src/agents/dictDialogAgent.js";
import { ReActAgent, type ReActAgentConfig } from "../../src/agents/reActAgent.js";
import { tool } from "../../src/agents/tools/tool.js";
import { Msg } from "../../src/messages/msg.js";
import { init } from "../../src/orchestration/init.js";
import { callsTool, fails, isSilent, ModelServer, type Reply, says, usage } from "../models/modelServer.js";

const user = (content: unknown) => new Msg({ name: "user", content, role: "user" });

/** A model server with these replies, as the process's only model. */
async function modelThat(...replies: Reply[]): Promise<ModelServer> {
  const server = await ModelServer.start(...replies);
  init({
    modelConfigs: {
      config_name: "test",
      model_type: "post_api_chat",
      model_name: "m",
      base_url: server.baseUrl,
      max_retries: 0,
    },
  });
  return server;
}

const asked = ({ requests }: ModelServer, index = -1) =>
  requests.at(index)?.body["messages"] as { role: string; content: string; tool_call_id?: string }[];

beforeAll(() => {
  init({ quiet: true });
});

describe("a DialogAgent", () => {
  it("answers by its model, with all that it has heard and said", async () => {
    await using server = await modelThat(says("Hello ", "Bob."), says("Fine."));
    const agent = new DialogAgent({ name: "Ada", sysPrompt: "Be brief." });
    const first = await agent(user("Hi, I'm Bob."));
    expect(first).toMatchObject({ name: "Ada", role: "assistant", content: "Hello Bob." });
    await agent.observe(user("It is noon."));
    expect(await agent(user("How are you?")).content).toBe("Fine.");
    expect(asked(server)).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hi, I'm Bob." },
      { role: "assistant", content: "Hello Bob." },
      { role: "user", content: "It is noon." },
      { role: "user", content: "How are you?" },
    ]);
    expect(agent.memory.get().map(({ content }) => content)).toEqual([
      "Hi, I'm Bob.",
      "Hello Bob.",
      "It is noon.",
      "How are you?",
      "Fine.",
    ]);
    expect(agent.usage).toEqual({
      calls: 2,
      inputTokens: 2 * usage.prompt_tokens,
      outputTokens: 2 * usage.completion_tokens,
    });
  });

  it("answers each call by itself without memory", async () => {
    await using server = await modelThat(says("yes"));
    const agent = new DialogAgent({ name: "Ada", useMemory: false });
    await agent(user("one?"));
    await agent([user("two"), user("three?")]);
    expect(asked(server).map(({ content }) => content)).toEqual(["two", "three?"]);
    expect(agent.memory.size).toBe(0);
  });

  it("fails with the model's error when that gives none, and keeps what it was told", async () => {
    await using _server = await modelThat(fails(401, "no such key"));
    const agent = new DialogAgent({ name: "Ada" });
    await expect(agent(user("hello?"))).rejects.toMatchObject({ code: "MODEL_FAILED", agentName: "Ada" });
    expect(agent.memory.size).toBe(1);
  });

  it("names the models there are when its own is unknown", async () => {
    await using _server = await modelThat(says("yes"));
    await expect(new DialogAgent({ name: "Ada", modelConfigName: "gpt-9" })(user("?"))).rejects.toThrow(
      /"gpt-9".*"test"/,
    );
  });

  it("ends the call of its model when it is deleted", async () => {
    await using server = await modelThat(isSilent);
    const agent = new DialogAgent({ name: "Ada" });
    const answer = agent(user("hello?"));
    await expect.poll(() => server.requests.length).toBe(1);
    await agent.dispose();
    await expect(answer).rejects.toThrow(/abort/i);
    await expect.poll(() => server.givenUp).toBe(1);
  });
});

describe("a DictDialogAgent", () => {
  const schema = z.object({ vote: z.enum(["yes", "no"]), speak: z.string() });

  it("answers with an object of its schema, and keeps it", async () => {
    await using server = await modelThat(says('{"vote": "yes", ', '"speak": "I agree."}'));
    const agent = new DictDialogAgent({ name: "Ada", schema });
    expect(await agent(user("Do you?"))).toMatchObject({
      content: { vote: "yes", speak: "I agree." },
      role: "assistant",
    });
    expect(agent.config.schema).toMatchObject({ type: "object", properties: { vote: { enum: ["yes", "no"] } } });
    await agent(user("Sure?"));
    expect(asked(server).some(({ content }) => content === '{"vote":"yes","speak":"I agree."}')).toBe(true);
  });

  it("tells the model what is wrong with its answer, and asks again", async () => {
    await using server = await modelThat(
      says('{"vote": "maybe"}'),
      says("no idea"),
      says('{"vote": "no", "speak": "No."}'),
    );
    const agent = new DictDialogAgent({ name: "Ada", schema });
    expect(await agent(user("Do you?")).content).toEqual({ vote: "no", speak: "No." });
    expect(server.requests).toHaveLength(3);
    const last = asked(server);
    expect(last.slice(-4).map(({ role }) => role)).toEqual(["assistant", "user", "assistant", "user"]);
    expect(last.at(-4)?.content).toBe('{"vote": "maybe"}');
    expect(agent.memory.size).toBe(2);
  });

  it("fails when the model does not get there", async () => {
    await using server = await modelThat(says("no idea"));
    const agent = new DictDialogAgent({ name: "Ada", schema, maxRetries: 1 });
    await expect(agent(user("Do you?"))).rejects.toMatchObject({ code: "MODEL_FAILED" });
    expect(server.requests).toHaveLength(2);
  });

  it("can't be made without a schema", () => {
    expect(() => new DictDialogAgent({ name: "Ada" } as never)).toThrow(/"Ada" has no schema/);
  });
});

class Clerk extends ReActAgent {
  override get tools() {
    return {
      add: tool({
        description: "Adds two numbers.",
        inputSchema: z.object({ a: z.number(), b: z.number() }),
        execute: ({ a, b }) => a + b,
      }),
      fail: tool({
        inputSchema: { type: "object" },
        execute: () => {
          throw new RangeError("out of paper");
        },
      }),
    };
  }
}

describe("a ReActAgent", () => {
  const clerk = (config: Partial<ReActAgentConfig> = {}) => new Clerk({ name: "clerk", ...config });

  it("uses tools until it can answer", async () => {
    await using server = await modelThat(callsTool("add", '{"a": 2, "b": 3}'), says("It is 5."));
    const agent = clerk();
    expect(await agent(user("2 + 3?"))).toMatchObject({ content: "It is 5.", role: "assistant", name: "clerk" });
    expect(server.requests[0]?.body["tools"]).toMatchObject([
      { function: { name: "add", description: "Adds two numbers." } },
      { function: { name: "fail" } },
    ]);
    const messages = asked(server);
    expect(messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "tool"]);
    expect(messages[0]?.content).toBe("You're a helpful assistant named clerk.");
    expect(messages.at(-1)).toMatchObject({ content: "5", tool_call_id: "call-1" });
    expect(agent.memory.get().map(({ name, content }) => `${name}: ${String(content)}`)).toEqual([
      "user: 2 + 3?",
      "clerk: ",
      "add: 5",
      "clerk: It is 5.",
    ]);
  });

  it("has what it did before it when it is asked again", async () => {
    await using server = await modelThat(callsTool("add", '{"a": 2, "b": 3}'), says("It is 5."), says("By adding."));
    const agent = clerk();
    await agent(user("2 + 3?"));
    expect(await agent(user("How did you know?")).content).toBe("By adding.");
    expect(asked(server).map(({ role }) => role)).toEqual(["system", "user", "assistant", "tool", "assistant", "user"]);
  });

  it.each([
    ["a tool that throws", callsTool("fail", "{}"), "out of paper"],
    ["arguments that don't fit", callsTool("add", '{"a": "two"}'), "expected number"],
    ["a tool that there is not", callsTool("subtract", "{}"), "subtract"],
  ])("tells the model of %s, and goes on", async (_, call, told) => {
    await using server = await modelThat(call, says("Sorry."));
    expect(await clerk()(user("?")).content).toBe("Sorry.");
    expect(asked(server).at(-1)?.role).toBe("tool");
    expect(asked(server).at(-1)?.content).toContain(told);
  });

  it("must answer without tools when its iterations are used up", async () => {
    const call = callsTool("add", '{"a": 1, "b": 1}');
    await using server = await modelThat(call, call, says("I can't tell."));
    expect(await clerk({ maxIters: 2 })(user("?")).content).toBe("I can't tell.");
    expect(server.requests).toHaveLength(3);
    expect(server.requests.at(-1)?.body["tool_choice"]).toBe("none");
    expect(asked(server).at(-1)).toMatchObject({ role: "user" });
  });

  it("takes tools from its config where it lives in this process", async () => {
    await using _server = await modelThat(callsTool("now", "{}"), says("Noon."));
    const now = { description: "The time.", inputSchema: { type: "object" }, execute: () => ({ hour: 12 }) };
    const agent = new ReActAgent({ name: "A", tools: { now } });
    expect(await agent(user("?")).content).toBe("Noon.");
    expect(agent.memory.get().at(2)?.content).toBe('{"hour":12}');
    expect(() => agent.toDist()).toThrow(/agent "A": the tools now of its config are functions.*extends ReActAgent/s);
    expect(() => new ReActAgent({ name: "A", tools: { now }, toDist: true })).toThrow(/can't be sent/);
  });

  it("is not made with a tool that no model could call", async () => {
    const tools = { "what time is it?": { inputSchema: { type: "object" }, execute: () => 12 } };
    await expect(new ReActAgent({ name: "A", tools })(user("?"))).rejects.toThrow(/letters, digits/);
  });
});
