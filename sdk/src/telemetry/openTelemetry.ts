import { createRequire } from "node:module";
import type * as Api from "@opentelemetry/api";
import type * as NodeSdk from "@opentelemetry/sdk-node";
import { asError } from "../errors.js";
import { sdkVersion } from "../studio/sdkVersion.js";
import { askedForBy } from "./environment.js";

/** What this package needs of OpenTelemetry. */
export interface OpenTelemetry {
  api: typeof Api;
  tracer: Api.Tracer;
  meter: Api.Meter;
  errorStatus: { code: Api.SpanStatusCode };
}

/** Of whom a thread tells. */
export interface TelemetrySource {
  /** For `service.name`, where the environment says nothing. */
  service: string;
  /** More of the resource. */
  attributes: Record<string, string | number>;
  /** Takes a line for whoever has started the process. */
  warn: (text: string) => void;
}

/** TypeScript takes the API that it has in it for another one. */
type Sdk = Omit<typeof NodeSdk, "api"> & { api: typeof Api };

/** What the user has to install, as `npm install` takes it: the last that runs on Node 20. */
const wanted = "@opentelemetry/sdk-node@0.223";
const scope = "agentscope-distributed";

/**
 * OpenTelemetry, if the program has registered a provider or the environment asks for it; undefined otherwise, and then nothing
 * is loaded. What is loaded is CommonJS: calls that are made at once must not wait for it.
 */
export function openTelemetry(source: TelemetrySource): OpenTelemetry | undefined {
  if (hasProvider()) return of(createRequire(import.meta.url)("@opentelemetry/api") as typeof Api);
  const variable = askedForBy(process.env);
  if (variable === undefined) return undefined;
  try {
    return of(start(source));
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    source.warn(
      code === "MODULE_NOT_FOUND"
        ? `${variable} is set, but there is no OpenTelemetry SDK: npm install ${wanted}`
        : `${variable} is set, but OpenTelemetry could not be started: ${asError(thrown).message}`,
    );
    return undefined;
  }
}

/** Whether somebody in this thread has registered a provider; told without loading anything. */
function hasProvider(): boolean {
  const registered = (globalThis as { [key: symbol]: unknown })[Symbol.for("opentelemetry.js.api.1")];
  const { trace, metrics } = (registered ?? {}) as { trace?: unknown; metrics?: unknown };
  return trace !== undefined || metrics !== undefined;
}

function start({ service, attributes }: TelemetrySource): typeof Api {
  const sdk = createRequire(import.meta.url)("@opentelemetry/sdk-node") as Sdk;
  const { resources } = sdk;
  const own = resources.resourceFromAttributes({ "service.name": service, ...attributes });
  new sdk.NodeSDK({
    resource: resources.defaultResource().merge(own),
    // Without the one of the process, unless it is asked for: command lines have secrets in them.
    ...(process.env.OTEL_NODE_RESOURCE_DETECTORS === undefined && {
      resourceDetectors: [resources.envDetector, resources.hostDetector],
    }),
    logRecordProcessors: [],
  }).start();
  // Its own copy: another one may be too new for what was registered by it.
  return sdk.api;
}

function of(api: typeof Api): OpenTelemetry {
  return {
    api,
    tracer: api.trace.getTracer(scope, sdkVersion),
    meter: api.metrics.getMeter(scope, sdkVersion),
    errorStatus: { code: api.SpanStatusCode.ERROR },
  };
}
