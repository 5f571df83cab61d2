import * as api from "@opentelemetry/api";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { beforeAll, expect, test } from "vitest";
import type { OpenTelemetry } from "../../src/telemetry/openTelemetry.js";
import { contextFromWire, contextToWire } from "../../src/telemetry/wireContext.js";

const otel = { api } as unknown as OpenTelemetry;
const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

beforeAll(() => {
  new NodeSDK({ spanProcessors: [], metricReaders: [], logRecordProcessors: [], autoDetectResources: false }).start();
});

test("a context goes as W3C's headers and comes back, its state and baggage too", () => {
  const sent = ["traceparent", traceparent, "tracestate", "a=1", "baggage", "team=red"];
  const headers = contextToWire(otel, contextFromWire(otel, sent));
  const pairs = new Map(
    headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1]]] : [])) as [string, string][],
  );
  expect(pairs).toEqual(
    new Map([
      ["traceparent", traceparent],
      ["tracestate", "a=1"],
      ["baggage", "team=red"],
    ]),
  );
});

test("outside of spans nothing is sent", () => {
  expect(contextToWire(otel, api.ROOT_CONTEXT)).toEqual([]);
});

test("headers that are none, too many or too long are no context", () => {
  const spanOf = (headers: string[]) => api.trace.getSpanContext(contextFromWire(otel, headers));
  const many = Array.from({ length: 64 }, (_, at) => `x${at}`);
  for (const headers of [
    [],
    ["traceparent"],
    ["traceparent", "00-zz-11-01"],
    ["__proto__", traceparent],
    [...many, "traceparent", traceparent],
  ]) {
    expect(spanOf(headers)).toBeUndefined();
  }
  expect(spanOf(["traceparent", traceparent, "tracestate", `a=${"x".repeat(10_000)}`])?.traceState).toBeUndefined();
});
