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

/** What a model server was asked. */
export interface ReceivedRequest {
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
}

export type Reply = (response: ServerResponse) => void;

/** A small server with OpenAI's interface; each request gets the next of its replies, the last one again and again. */
export class ModelServer implements AsyncDisposable {
  readonly requests: ReceivedRequest[] = [];
  /** How many requests were given up by their sender before they were answered in full. */
  givenUp = 0;
  private replies: Reply[] = [];

  private constructor(private readonly server: Server) {}

  static async start(...replies: Reply[]): Promise<ModelServer> {
    const server = createServer();
    const started = new ModelServer(server);
    started.replies = replies;
    server.on("request", (request, response) => {
      response.on("close", () => {
        if (!response.writableFinished) started.givenUp++;
      });
      void started.answer(request, response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return started;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = JSON.parse(await readText(request)) as Record<string, unknown>;
    const { url: path = "", headers } = request;
    this.requests.push({ path, headers, body });
    const reply = this.replies.length > 1 ? this.replies.shift() : this.replies[0];
    reply?.(response);
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }
}

/** An answer of these pieces, as a stream of events. */
export function says(...pieces: string[]): Reply {
  return (response) => {
    begin(response);
    for (const content of pieces) event(response, chunk({ delta: { role: "assistant", content } }));
    finish(response, "stop");
  };
}

/** The answer in one piece, as servers give it that were not asked for a stream. */
export function saysAtOnce(content: string): Reply {
  return (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(
      JSON.stringify({
        id: "1",
        created: 1,
        model: "m",
        choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
        usage,
      }),
    );
  };
}

/** A tool call; its arguments come in two pieces. */
export function callsTool(name: string, args: string): Reply {
  return (response) => {
    begin(response);
    const half = Math.ceil(args.length / 2);
    const call = { index: 0, id: "call-1", type: "function", function: { name, arguments: args.slice(0, half) } };
    event(response, chunk({ delta: { role: "assistant", content: null, tool_calls: [call] } }));
    const rest = { index: 0, function: { arguments: args.slice(half) } };
    event(response, chunk({ delta: { tool_calls: [rest] } }));
    finish(response, "tool_calls");
  };
}

export function fails(status: number, message: string, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify({ error: { message, type: "test", code: null, param: null } }));
  };
}

/** Pieces, and then the connection breaks. */
export function breaksOff(...pieces: string[]): Reply {
  return (response) => {
    begin(response);
    for (const content of pieces) event(response, chunk({ delta: { role: "assistant", content } }));
    // After what was written has left.
    response.write("", () => setImmediate(() => response.destroy()));
  };
}

/** Pieces, and then a proper end without a word that it is the end. */
export function endsEarly(...pieces: string[]): Reply {
  return (response) => {
    begin(response);
    for (const content of pieces) event(response, chunk({ delta: { role: "assistant", content } }));
    response.end();
  };
}

/** Any bytes, as an event stream. */
export function sends(body: string, contentType = "text/event-stream"): Reply {
  return (response) => {
    response.writeHead(200, { "content-type": contentType });
    response.end(body);
  };
}

/** Accepts the request and says nothing. */
export const isSilent: Reply = () => {};

/** Closes the connection without an answer. */
export const hangsUp: Reply = (response) => {
  response.destroy();
};

export function after(delayMs: number, reply: Reply): Reply {
  return (response) => {
    setTimeout(() => reply(response), delayMs);
  };
}

/** What each answer of this server costs. */
export const usage = { prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 };

function begin(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
}

function event(response: ServerResponse, data: object): void {
  response.write(`data: ${JSON.stringify(data)}\n\n`);
}

function chunk(choice: object): object {
  const choices = [{ index: 0, finish_reason: null, ...choice }];
  return { id: "1", object: "chat.completion.chunk", created: 1, model: "m", choices };
}

function finish(response: ServerResponse, reason: string): void {
  event(response, chunk({ delta: {}, finish_reason: reason }));
  event(response, { id: "1", object: "chat.completion.chunk", created: 1, model: "m", choices: [], usage });
  response.end("data: [DONE]\n\n");
}
