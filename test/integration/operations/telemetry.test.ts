import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AgentServer } from "../../processes/agentServer.js";
import { ModelServer } from "../../processes/modelServer.js";
import { OtlpReceiver, type ReceivedSpan } from "../../processes/otlpReceiver.js";
import { startScript } from "../../processes/script.js";
import type { StartedProcess } from "../../processes/startedProcess.js";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";

const key = "planted-key-0123456789";
const answer = "an answer that is nobody's business";
const patienceMs = 60_000;

describe("a program over two servers, of which a collector is told", () => {
  const started: AsyncDisposable[] = [];
  const use = <One extends AsyncDisposable>(one: One): One => {
    started.unshift(one);
    return one;
  };
  let collector: OtlpReceiver;
  let one: AgentServer;
  let two: AgentServer;
  let script: StartedProcess;

  beforeAll(async () => {
    collector = use(await OtlpReceiver.start());
    const models = use(await ModelServer.start(() => ({ text: answer })));
    const folder = use(await TemporaryFolder.make());
    await writeFile(
      folder.file("models.json"),
      JSON.stringify({
        config_name: "planted",
        model_type: "openai_chat",
        model_name: "m-1",
        base_url: models.baseUrl,
        api_key: "env:PLANTED_KEY",
      }),
    );
    const env = { ...collector.env, PLANTED_KEY: key, CARELESSLY_PRINTED: key };
    const args = ["--workers", "1", "--model-config-path", folder.file("models.json")];
    one = use(await AgentServer.start(["--log-format", "json", "--log-level", "debug", ...args], { env }));
    two = use(await AgentServer.start(args, { env }));
    script = use(
      startScript("traced", {
        args: [`${one.port}`, `${two.port}`],
        env: { ...collector.env, OTEL_SERVICE_NAME: "program" },
        input: "open",
      }),
    );
    await script.says("content", patienceMs);
  }, 120_000);
  afterAll(async () => {
    for (const each of started) await each[Symbol.asyncDispose]();
  });

  const calls = (name: string, kind: ReceivedSpan["kind"]) =>
    collector.span(name, (span) => span.name === name && span.kind === kind);

  test("the script's answer is the model's", async () => {
    expect(await script.says("content")).toEqual({ content: answer, failure: "AgentCallError" });
  });

  test("the tree of spans shows who called whom, in three processes, in one trace", async () => {
    const fromScript = await calls("invoke_agent Delegate", "client");
    const onOne = await calls("invoke_agent Delegate", "server");
    const fromOne = await calls("invoke_agent Asker", "client");
    const onTwo = await calls("invoke_agent Asker", "server");
    const model = await calls("chat m-1", "client");

    expect(onOne.parentSpanId).toBe(fromScript.spanId);
    expect(fromOne.parentSpanId).toBe(onOne.spanId);
    expect(onTwo.parentSpanId).toBe(fromOne.spanId);
    expect(model.parentSpanId).toBe(onTwo.spanId);
    const spans = [fromScript, onOne, fromOne, onTwo, model];
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    const instances = [fromScript, onOne, onTwo].map(({ resource }) => resource["service.instance.id"]);
    expect(new Set(instances).size).toBe(3);
    expect([fromOne, model].map(({ resource }) => resource["service.instance.id"])).toEqual(instances.slice(1));
    expect(fromScript.resource["service.name"]).toBe("program");
  });

  test("agents and servers are named as the conventions say", async () => {
    const { attributes } = await calls("invoke_agent Asker", "client");
    expect(attributes).toMatchObject({
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.name": "Asker",
      "gen_ai.agent.id": expect.any(String),
      "server.address": "127.0.0.1",
      "server.port": two.port,
    });
  });

  test("the span of a model's call has its agent, its server and what it used", async () => {
    const { attributes } = await calls("chat m-1", "client");
    const agent = await calls("invoke_agent Asker", "server");
    expect(attributes).toMatchObject({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "m-1",
      "gen_ai.agent.id": agent.attributes["gen_ai.agent.id"],
      "gen_ai.usage.input_tokens": 5,
      "gen_ai.usage.output_tokens": 3,
      "gen_ai.response.finish_reasons": ["stop"],
      "server.address": "127.0.0.1",
      "server.port": expect.any(Number),
    });
  });

  test("a call that this process passes on stands in the trace on all of its way, to a child that inherits the environment", async () => {
    const isOf = (parent: ReceivedSpan) => (span: ReceivedSpan) => span.parentSpanId === parent.spanId;
    const onOne = await calls("invoke_agent ToChild", "server");
    const fromOne = await collector.span("to the script", isOf(onOne));
    const fromScript = await collector.span("to the child", isOf(fromOne));
    const onChild = await collector.span("on the child", isOf(fromScript));

    const spans = [fromOne, fromScript, onChild];
    expect(spans.map(({ name, kind }) => [name, kind])).toEqual([
      ["invoke_agent Child", "client"],
      ["invoke_agent Child", "client"],
      ["invoke_agent Child", "server"],
    ]);
    expect(new Set(spans.map(({ attributes }) => attributes["gen_ai.agent.id"])).size).toBe(1);
    expect(new Set(spans.map(({ resource }) => resource["service.instance.id"])).size).toBe(3);
  });

  test("a call is linked with those whose results it was given, by placeholder", async () => {
    const delegate = await calls("invoke_agent Delegate", "client");
    const echo = await calls("invoke_agent Echo", "client");
    const here = await calls("invoke_agent Here", "internal");
    expect([echo.links, here.links]).toEqual([[delegate.spanId], [echo.spanId]]);
    expect([echo.traceId, here.traceId]).toEqual([delegate.traceId, delegate.traceId]);
  });

  test("a failed call says by which kind of error, on both sides", async () => {
    for (const kind of ["client", "server"] as const) {
      const { failed, attributes } = await calls("invoke_agent Failing", kind);
      expect([failed, attributes["error.type"]]).toEqual(["AGENT_FAILED: TypeError", "AGENT_FAILED"]);
    }
  });

  test("what an agent prints is a line of the log with the ids of its run, its agent, its call and its span, and without keys", async () => {
    const onOne = await calls("invoke_agent Delegate", "server");
    const lines = one.stderr.split("\n").filter((line) => line.startsWith("{"));
    const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const printed = told.find(
      ({ msg, agent_name: name }) => name === "Delegate" && String(msg).startsWith("asks with"),
    );
    expect(printed).toMatchObject({
      level: "info",
      msg: "asks with ***",
      server_id: one.said[0]?.server_id,
      run_id: expect.any(String),
      agent_id: onOne.attributes["gen_ai.agent.id"],
      task_id: expect.any(String),
      trace_id: onOne.traceId,
      span_id: onOne.spanId,
    });
    const failed = told.find(({ level, agent_name: name }) => level === "warn" && name === "Failing");
    expect(failed?.msg).toContain("a call of Failing failed");
  });

  test("calls, agents and tokens are measured", async () => {
    const input = await collector.point(
      "gen_ai.client.token.usage",
      ({ attributes }) => attributes["gen_ai.token.type"] === "input",
    );
    expect(input).toMatchObject({ value: 5, count: 1, attributes: { "gen_ai.request.model": "m-1" } });
    const chat = await collector.point(
      "gen_ai.client.operation.duration",
      ({ attributes }) => attributes["gen_ai.operation.name"] === "chat",
    );
    expect(chat.count).toBe(1);
    const turn = await collector.point(
      "gen_ai.invoke_agent.duration",
      ({ attributes }) => attributes["agentscope.agent.class"] === "Asker",
    );
    expect(turn.value).toBeGreaterThan(0);
    const isOf = (server: AgentServer) => (point: { resource: Record<string, unknown>; value: number }) =>
      point.resource["agentscope.server.id"] === server.said[0]?.server_id && point.value === (server === one ? 3 : 2);
    for (const server of [one, two]) await collector.point("agentscope.agents", isOf(server));
    for (const metric of [
      "agentscope.calls.queued",
      "agentscope.calls.running",
      "agentscope.calls.pending",
      "agentscope.call.wait",
    ]) {
      await collector.point(metric, () => true);
    }
  });

  test("the run is the root, and is told of when the script ends", async () => {
    script.endInput();
    expect(await script.endsWithin(patienceMs)).toEqual({ code: 0, signal: null });
    const run = await collector.span(
      "of the run",
      ({ attributes }) => attributes["gen_ai.operation.name"] === "invoke_workflow",
    );
    expect(run).toMatchObject({ name: "invoke_workflow traced.js", parentSpanId: undefined });
    expect((await calls("invoke_agent Delegate", "client")).parentSpanId).toBe(run.spanId);
  });

  test("no message and no key of a model is in what was told, nor in the log", async () => {
    await calls("chat m-1", "client");
    expect(collector.raw).toContain("invoke_agent");
    for (const text of ["nobody's business", key]) expect(collector.raw).not.toContain(text);
    for (const server of [one, two]) expect(server.stderr + server.stdout).not.toContain(key);
  });
});
