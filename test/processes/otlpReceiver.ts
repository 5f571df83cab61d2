import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";
import { until } from "./until.js";

type Attributes = Record<string, unknown>;

/** A span as it was received. */
export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  kind: "internal" | "server" | "client";
  attributes: Attributes;
  /** Of the process, or worker, that sent it. */
  resource: Attributes;
  /** Ids of spans. */
  links: string[];
  failed: string | undefined;
}

/** One value of a metric as it was received: of a histogram its sum and count. */
export interface ReceivedPoint {
  metric: string;
  value: number;
  count: number;
  attributes: Attributes;
  resource: Attributes;
}

/** A collector of OpenTelemetry's, for tests: OTLP over HTTP, with JSON. */
export class OtlpReceiver implements AsyncDisposable {
  readonly spans: ReceivedSpan[] = [];
  readonly points: ReceivedPoint[] = [];
  /** All that was received, as it came. */
  raw = "";

  private constructor(private readonly server: Server) {}

  static async start(): Promise<OtlpReceiver> {
    const server = createServer();
    const receiver = new OtlpReceiver(server);
    server.on("request", (request, response) => void receiver.take(request, response));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return receiver;
  }

  /** What a process is started with to tell this receiver, soon. */
  get env(): Record<string, string> {
    return {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_BSP_SCHEDULE_DELAY: "100",
      OTEL_METRIC_EXPORT_INTERVAL: "500",
      OTEL_METRIC_EXPORT_TIMEOUT: "400",
    };
  }

  /** The only span that fits, once it is here. */
  async span(what: string, fits: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan> {
    return until(() => this.spans.find(fits), { timeoutMs: 45_000, what: `the span ${what}` }).catch(
      (error: unknown) => {
        const names = this.spans.map(({ name, kind }) => `${name} (${kind})`);
        throw new Error(`there are only ${names.join(", ")}`, { cause: error });
      },
    );
  }

  /** A value of a metric that fits, once it is here. */
  async point(metric: string, fits: (point: ReceivedPoint) => boolean): Promise<ReceivedPoint> {
    const find = () => this.points.find((point) => point.metric === metric && fits(point));
    return until(find, { timeoutMs: 45_000, what: `a value of ${metric}` });
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readText(request);
    this.raw += body;
    const sent = JSON.parse(body) as { resourceSpans?: ResourceSpans[]; resourceMetrics?: ResourceMetrics[] };
    for (const { resource, scopeSpans } of sent.resourceSpans ?? []) {
      for (const span of scopeSpans.flatMap(({ spans }) => spans))
        this.spans.push(spanOf(span, attributesOf(resource)));
    }
    for (const { resource, scopeMetrics } of sent.resourceMetrics ?? []) {
      for (const metric of scopeMetrics.flatMap(({ metrics }) => metrics)) {
        this.points.push(...pointsOf(metric, attributesOf(resource)));
      }
    }
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }
}

// The parts of OTLP's JSON that are looked at.

interface Attributed {
  attributes?: { key: string; value: AnyValue }[];
}

interface AnyValue {
  stringValue?: string;
  intValue?: number | string;
  doubleValue?: number;
  boolValue?: boolean;
  arrayValue?: { values: AnyValue[] };
}

interface Span extends Attributed {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  links?: { spanId: string }[];
  status?: { code?: number; message?: string };
}

interface Point extends Attributed {
  asDouble?: number;
  asInt?: number | string;
  sum?: number;
  count?: number | string;
}

interface Metric {
  name: string;
  histogram?: { dataPoints: Point[] };
  sum?: { dataPoints: Point[] };
  gauge?: { dataPoints: Point[] };
}

interface ResourceSpans {
  resource: Attributed;
  scopeSpans: { spans: Span[] }[];
}

interface ResourceMetrics {
  resource: Attributed;
  scopeMetrics: { metrics: Metric[] }[];
}

function spanOf(span: Span, resource: Attributes): ReceivedSpan {
  const { traceId, spanId, parentSpanId, name, kind, links = [], status } = span;
  return {
    traceId,
    spanId,
    parentSpanId: parentSpanId === "" ? undefined : parentSpanId,
    name,
    kind: kind === 3 ? "client" : kind === 2 ? "server" : "internal",
    attributes: attributesOf(span),
    resource,
    links: links.map((link) => link.spanId),
    failed: status?.code === 2 ? (status.message ?? "") : undefined,
  };
}

function pointsOf({ name, histogram, sum, gauge }: Metric, resource: Attributes): ReceivedPoint[] {
  return [histogram, sum, gauge].flatMap((data) =>
    (data?.dataPoints ?? []).map((point) => ({
      metric: name,
      value: Number(point.sum ?? point.asDouble ?? point.asInt),
      count: Number(point.count ?? 1),
      attributes: attributesOf(point),
      resource,
    })),
  );
}

function attributesOf({ attributes = [] }: Attributed): Attributes {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]));
}

function valueOf({ stringValue, intValue, doubleValue, boolValue, arrayValue }: AnyValue): unknown {
  return (
    stringValue ??
    (intValue === undefined ? undefined : Number(intValue)) ??
    doubleValue ??
    boolValue ??
    arrayValue?.values.map(valueOf)
  );
}
