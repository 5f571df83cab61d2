import { describe, expect, test } from "vitest";
import { askedForBy } from "../../src/telemetry/environment.js";

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" };

describe("the environment asks for telemetry", () => {
  test("by an endpoint, of all signals or of one", () => {
    expect(askedForBy(endpoint)).toBe("OTEL_EXPORTER_OTLP_ENDPOINT");
    const name = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
    expect(askedForBy({ [name]: "http://127.0.0.1:4318/v1/metrics" })).toBe(name);
  });

  test("by an exporter", () => {
    expect(askedForBy({ OTEL_TRACES_EXPORTER: "console" })).toBe("OTEL_TRACES_EXPORTER");
    expect(askedForBy({ OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "otlp" })).toBe("OTEL_METRICS_EXPORTER");
  });
});

describe("the environment does not ask for telemetry", () => {
  test("when it says nothing, or has empty variables", () => {
    expect(askedForBy({})).toBeUndefined();
    expect(askedForBy({ OTEL_EXPORTER_OTLP_ENDPOINT: " ", OTEL_SERVICE_NAME: "mine" })).toBeUndefined();
  });

  test("when it is switched off", () => {
    expect(askedForBy({ ...endpoint, OTEL_SDK_DISABLED: "TRUE" })).toBeUndefined();
  });

  test("when there is an endpoint and nothing goes there", () => {
    const none = { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none" };
    expect(askedForBy({ ...endpoint, ...none })).toBeUndefined();
    expect(askedForBy({ OTEL_TRACES_EXPORTER: "none" })).toBeUndefined();
  });
});
