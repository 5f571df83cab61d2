import { once } from "node:events";
import { connect, type NetConnectOpts, type Socket } from "node:net";
import { type Discovery, studioProtocolVersion } from "agentscope-distributed/studio";
import { until } from "../processes/until.js";

export interface RawMessage {
  id?: unknown;
  method?: string;
  result?: unknown;
  error?: { code: number; message: string };
}

/** Somebody who sends a daemon whatever bytes they like, and reads what comes back. */
export class RawClient implements AsyncDisposable {
  private text = "";
  isClosed = false;

  private constructor(readonly socket: Socket) {
    socket.on("error", () => {});
    socket.on("close", () => (this.isClosed = true));
    socket.setEncoding("utf8").on("data", (text: string) => (this.text += text));
  }

  static async connect(to: NetConnectOpts): Promise<RawClient> {
    const socket = connect(to);
    await once(socket, "connect");
    return new RawClient(socket);
  }

  /** One that has said hello. */
  static async welcome({ pipe, token }: Discovery): Promise<RawClient> {
    const raw = await RawClient.connect({ path: pipe });
    raw.request("hello", "hello", helloOf(token));
    await raw.receives(({ id }) => id === "hello");
    return raw;
  }

  send(text: string): void {
    this.socket.write(text);
  }

  request(id: unknown, method: string, params?: unknown): void {
    this.send(frameOf({ jsonrpc: "2.0", id, method, params }));
  }

  /** All that came so far and is whole. */
  get received(): RawMessage[] {
    const bodies = this.text.split(/Content-Length: \d+\r\n\r\n/).slice(1);
    return bodies.flatMap((body) => {
      try {
        return [JSON.parse(body) as RawMessage];
      } catch {
        return []; // Not whole yet.
      }
    });
  }

  /** All bytes that came, as text. */
  get receivedText(): string {
    return this.text;
  }

  async receives(fits: (message: RawMessage) => boolean): Promise<RawMessage> {
    return until(() => this.received.find(fits), {
      timeoutMs: 10_000,
      what: `a message among ${JSON.stringify(this.received).slice(0, 1000)}`,
    });
  }

  async isLetGo(): Promise<void> {
    await until(() => this.isClosed, { timeoutMs: 10_000, what: "the end of the connection" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
  }
}

export function frameOf(message: unknown): string {
  const body = JSON.stringify(message);
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

export function helloOf(token: string | undefined): object {
  const client = { kind: "editor", name: "raw", version: "1", pid: process.pid };
  return { protocolVersion: studioProtocolVersion, token, client };
}
