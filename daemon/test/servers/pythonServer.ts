import { once } from "node:events";
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";

/** An agent as AgentScope 0.1 describes it, and what it remembers. */
interface PythonAgent {
  agent_id: string;
  name: string;
  type: string;
  memory: object[];
}

/**
 * What AgentScope 0.1.0's `as_server` answers by its management service, byte for byte: plain HTTP/2, as no part of this product is to
 * agree with itself alone. It has no methods of later servers.
 */
export class PythonServer implements AsyncDisposable {
  readonly agents: PythonAgent[] = [];
  readonly asked: string[] = [];
  pid = 4242;
  private readonly sessions = new Set<ServerHttp2Session>();

  private constructor(private readonly server: Http2Server) {
    server.on("session", (session) => {
      this.sessions.add(session);
      session.once("close", () => this.sessions.delete(session));
    });
    server.on("stream", (stream, headers) => void this.take(stream, String(headers[":path"])));
  }

  static async start(port = 0): Promise<PythonServer> {
    const server = createServer();
    const started = new PythonServer(server);
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return started;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  addAgent(agent_id: string, name: string, memory: object[] = []): void {
    this.agents.push({ agent_id, name, type: "DialogAgent", memory });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, "close");
    this.server.close();
    for (const session of this.sessions) session.destroy();
    await closed;
  }

  private async take(stream: ServerHttp2Stream, path: string): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of stream) pieces.push(piece as Buffer);
    const method = path.replace("/RpcAgent/", "");
    this.asked.push(method);
    // After the five bytes of gRPC's own: a StringMsg is its field's tag, its length, and the text.
    const value = Buffer.concat(pieces).subarray(7).toString("utf8");
    const answer = this.answer(method, value);
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": answer === undefined ? "12" : "0" }));
    stream.end(answer && framed(answer));
  }

  private answer(method: string, value: string): { ok: boolean; message?: string } | undefined {
    const index = this.agents.findIndex(({ agent_id: id }) => id === value);
    switch (method) {
      case "is_alive":
        return { ok: true };
      case "get_server_info": {
        const size = this.agents.length;
        return { ok: true, message: JSON.stringify({ pid: this.pid, id: "py", cpu: 0.5, mem: 91.5, size }) };
      }
      case "get_agent_list":
        return {
          ok: true,
          message: JSON.stringify(
            this.agents.map(({ agent_id, name, type }) => JSON.stringify({ name, type, sys_prompt: null, agent_id })),
          ),
        };
      case "get_agent_memory":
        return index < 0
          ? { ok: false, message: `Agent [${value}] not found` }
          : { ok: true, message: JSON.stringify(this.agents[index]?.memory) };
      case "delete_agent":
        if (index >= 0) this.agents.splice(index, 1);
        return { ok: index >= 0 };
      case "delete_all_agents":
        this.agents.length = 0;
        return { ok: true };
      case "stop":
        setImmediate(() => void this[Symbol.asyncDispose]());
        return { ok: true };
      default:
        return undefined;
    }
  }
}

/** A message of AgentScope 0.1 in JSON. */
export function pythonMessage(id: string, content: string): object {
  const kind = { __module__: "agentscope.message.msg", __name__: "Msg" };
  return {
    ...{ ...kind, id, name: "Anna", content, role: "assistant", url: null, metadata: null },
    timestamp: "2024-10-01 12:00:00",
  };
}

/** A GeneralResponse, with gRPC's own five bytes before it. */
function framed({ ok, message = "" }: { ok: boolean; message?: string }): Buffer {
  const text = Buffer.from(message);
  const length: number[] = [];
  for (let rest = text.length; ; rest >>>= 7) {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) break;
  }
  const body = Buffer.concat([
    ok ? Buffer.from([0x08, 1]) : Buffer.alloc(0),
    text.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x12, ...length]), text]),
  ]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}
