import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";

export interface ModelRequest {
  headers: IncomingHttpHeaders;
  body: { model: string; messages: { role: string; content: unknown }[] };
}

/** What a model answers: text, or what goes wrong; after `delayMs`, if it is given. */
export interface ModelAnswer {
  text?: string;
  failure?: { status: number; message: string };
  delayMs?: number;
}

/** A server with OpenAI's interface, for tests; models are called over real HTTP. */
export class ModelServer implements AsyncDisposable {
  readonly requests: ModelRequest[] = [];

  private constructor(
    private readonly server: Server,
    private readonly answer: (request: ModelRequest) => ModelAnswer,
  ) {}

  static async start(answer: (request: ModelRequest) => ModelAnswer): Promise<ModelServer> {
    const server = createServer();
    const started = new ModelServer(server, answer);
    server.on("request", (request, response) => void started.reply(request, response));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return started;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  private async reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = JSON.parse(await readText(request)) as ModelRequest["body"];
    const received = { headers: request.headers, body };
    this.requests.push(received);
    const { text = "", failure, delayMs = 0 } = this.answer(received);
    await new Promise((resolve) => {
      setTimeout(resolve, delayMs);
    });
    if (failure !== undefined) {
      response.writeHead(failure.status, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { message: failure.message } }));
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const content of text.match(/\S+\s*/g) ?? []) send(response, { delta: { content }, finish_reason: null });
    send(response, { delta: {}, finish_reason: "stop" });
    response.end("data: [DONE]\n\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }
}

function send(response: ServerResponse, choice: object): void {
  const usage = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 };
  response.write(
    `data: ${JSON.stringify({ id: "1", created: 1, model: "m", choices: [{ index: 0, ...choice }], usage })}\n\n`,
  );
}
