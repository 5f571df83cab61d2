import { SpanKind } from "@opentelemetry/api";
import type { tracing } from "@opentelemetry/sdk-node";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { Msg } from "../../src/messages/msg.js";
import { telemetry } from "../../src/telemetry/telemetry.js";
import { addAgent, makeHost } from "../runtime/hosts.js";
import { failure, world } from "../runtime/world.js";
import { ownTracer, recordSpans, takeSpans, withoutTelemetry } from "./recordedSpans.js";

const hello = new Msg({ name: "user", content: "hello", role: "user" });

beforeAll(() => recordSpans(() => "the script"));
afterEach(() => void takeSpans());

/** The span of this name and kind that has ended. */
function one(spans: tracing.ReadableSpan[], name: string, kind: SpanKind): tracing.ReadableSpan {
  const found = spans.filter((span) => span.name === name && span.kind === kind);
  expect(found, `${name} among ${spans.map((span) => span.name).join(", ")}`).toHaveLength(1);
  return found[0] as tracing.ReadableSpan;
}

const idOf = (span: tracing.ReadableSpan) => span.spanContext().spanId;

describe("a call of an agent elsewhere", () => {
  test("has a span of the caller and one of the host, which is below it", async () => {
    const { script, one: server } = world();
    await script.make("Echo", server)(hello);
    const spans = takeSpans();
    const made = one(spans, "invoke_agent Echo", SpanKind.CLIENT);
    const arrived = one(spans, "invoke_agent Echo", SpanKind.SERVER);
    expect(arrived.parentSpanContext?.spanId).toBe(idOf(made));
    expect(made.attributes).toMatchObject({ "server.address": "127.0.0.1", "server.port": 1 });
    expect(arrived.events.map(({ name }) => name)).toEqual(["agentscope.turn.begun"]);
  });

  test("goes as it always did to a process that knows no traces, and has a trace of its own there", async () => {
    const { net, script } = world();
    const old = net.add({ address: "127.0.0.1:3", readsTraces: false });
    const { content } = (await script.make("Echo", old)(hello)) as Msg;
    expect(content).toBe("hello");
    const spans = takeSpans();
    const made = one(spans, "invoke_agent Echo", SpanKind.CLIENT);
    const arrived = one(spans, "invoke_agent Echo", SpanKind.SERVER);
    expect(arrived.parentSpanContext).toBeUndefined();
    expect(arrived.spanContext().traceId).not.toBe(made.spanContext().traceId);
    expect(net.failures).toEqual([]);
  });

  test("adds nothing to what is sent where nobody tells of it", async () => {
    const { net, script, one: server, two } = world();
    const calls = async (on: typeof server) => {
      const echo = script.make("Echo", on);
      await echo(hello);
      const before = net.sentBytes(script, on);
      await echo(hello);
      return net.sentBytes(script, on) - before;
    };
    const traced = await calls(server);
    const again = withoutTelemetry();
    const untraced = await calls(two).finally(again);
    // A traceparent has 55 letters.
    expect(traced - untraced).toBeGreaterThan(55);
    expect(takeSpans().filter(({ attributes }) => attributes["server.port"] === 2)).toEqual([]);
  });

  test("that fails has the error's code, and none of its text", async () => {
    const { script, one: server } = world();
    await failure(script.make("Failing", server)(hello));
    const spans = takeSpans();
    for (const kind of [SpanKind.CLIENT, SpanKind.SERVER]) {
      const { attributes, status } = one(spans, "invoke_agent Failing", kind);
      expect(attributes["error.type"]).toBe("AGENT_FAILED");
      expect(status.message).toBe("AGENT_FAILED: RangeError");
    }
  });

  test("is below the span of the program's own in which it is made", async () => {
    const { script, one: server } = world();
    const echo = script.make("Echo", server);
    await ownTracer().startActiveSpan("mine", async (mine) => {
      await echo(hello);
      mine.end();
    });
    const spans = takeSpans();
    const made = one(spans, "invoke_agent Echo", SpanKind.CLIENT);
    expect(made.parentSpanContext?.spanId).toBe(idOf(one(spans, "mine", SpanKind.INTERNAL)));
  });
});

test("calls of agents of this thread are below the turn in which they are made, also after an await", async () => {
  const host = makeHost();
  const inner = addAgent(host, "Inner", {});
  const outer = addAgent(host, "Outer", {
    async reply(input: unknown) {
      await new Promise(setImmediate);
      return inner.handle(input);
    },
  });
  await outer.handle(hello);
  const spans = takeSpans();
  const below = one(spans, "invoke_agent Inner", SpanKind.INTERNAL);
  expect(below.parentSpanContext?.spanId).toBe(idOf(one(spans, "invoke_agent Outer", SpanKind.INTERNAL)));
});

test("calls of methods are named, and what is called by a script stands below its run", async () => {
  const host = makeHost();
  const { handle } = addAgent(host, "Counter", { count: () => 3 });
  await Promise.all([handle.count?.(), handle.count?.()]);
  const [first, second] = takeSpans();
  expect(first?.name).toBe("invoke_agent Counter.count");
  expect(first?.parentSpanContext).toBeDefined();
  expect(second?.parentSpanContext?.spanId).toBe(first?.parentSpanContext?.spanId);
  telemetry.on?.endRun();
  const [run] = takeSpans();
  expect([run?.name, run && idOf(run)]).toEqual(["invoke_workflow the script", first?.parentSpanContext?.spanId]);
});
