import { once } from "node:events";
import { WebSocket } from "ws";
import { until } from "../processes/until.js";
import type { RawMessage } from "./rawClient.js";

/** A page's connection to a daemon, as far as the daemon sees one. */
export class PageSocket implements Disposable {
  readonly received: RawMessage[] = [];
  closeCode: number | undefined;

  private constructor(private readonly socket: WebSocket) {
    socket.on("error", () => {});
    socket.on("message", (data: Buffer) => this.received.push(JSON.parse(data.toString()) as RawMessage));
    socket.on("close", (code: number) => (this.closeCode = code));
  }

  /** The socket, or the HTTP status that it was refused with. */
  static async open(url: string, headers: Record<string, string>): Promise<PageSocket | number> {
    const socket = new WebSocket(`${url.replace(/^http/, "ws")}/studio/socket`, { headers });
    const page = new PageSocket(socket);
    const refused = once(socket, "unexpected-response").then((given) => {
      const [, answer] = given as [unknown, { statusCode: number; resume(): void }];
      answer.resume();
      return answer.statusCode;
    });
    const end = await Promise.race([once(socket, "open").then(() => page), refused]);
    if (typeof end === "number") socket.terminate();
    return end;
  }

  ask(id: number, method: string, params: object): void {
    this.sendText(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  }

  sendText(text: string): void {
    this.socket.send(text);
  }

  answerTo(id: number): Promise<RawMessage> {
    return until(() => this.received.find((message) => message.id === id), {
      timeoutMs: 10_000,
      what: `the answer to ${id}`,
    });
  }

  async isLetGo(): Promise<number> {
    await until(() => this.closeCode !== undefined, { timeoutMs: 10_000, what: "the end of the socket" });
    return this.closeCode ?? 0;
  }

  [Symbol.dispose](): void {
    this.socket.terminate();
  }
}
