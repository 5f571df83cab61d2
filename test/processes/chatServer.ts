import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";

export interface ChatServerMessage {
  role: string;
  content: string | null;
}

/** What a model is asked, as OpenAI's interface has it. */
export interface ChatServerRequest {
  messages: ChatServerMessage[];
  tools?: { function: { name: string } }[];
}

/** What it answers: words, or calls of tools. */
export interface ChatServerAnswer {
  text?: string;
  toolCalls?: { name: string; input: object }[];
  /** Its first word waits for this. */
  after?: Promise<unknown>;
}

/** A server with OpenAI's interface whose model is a function of what it is asked; it streams word by word. */
export class ChatServer implements AsyncDisposable {
  readonly requests: ChatServerRequest[] = [];
  /** The most requests that were open at a time. */
  mostAtOnce = 0;
  private open = 0;

  private constructor(
    private readonly server: Server,
    private readonly model: (request: ChatServerRequest) => ChatServerAnswer,
  ) {
    server.on("request", (request, response) => void this.answer(request, response));
  }

  static async start(model: (request: ChatServerRequest) => ChatServerAnswer): Promise<ChatServer> {
    const server = createServer();
    const started = new ChatServer(server, model);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return started;
  }

  /** The config of its model. */
  config(name = "chat"): { config_name: string; model_type: "post_api_chat"; model_name: string; base_url: string } {
    const { port } = this.server.address() as AddressInfo;
    return { config_name: name, model_type: "post_api_chat", model_name: "m", base_url: `http://127.0.0.1:${port}/v1` };
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = JSON.parse(await readText(request)) as ChatServerRequest;
    this.requests.push(asked);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.open);
    response.once("close", () => this.open--);
    const { text = "", toolCalls = [], after } = this.model(asked);
    await after;
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = (choice: object) => {
      const choices = [{ index: 0, finish_reason: null, delta: {}, ...choice }];
      response.write(
        `data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", created: 1, model: "m", choices })}\n\n`,
      );
    };
    for (const content of text.split(/(?<=\s)/)) if (content !== "") send({ delta: { role: "assistant", content } });
    const calls = toolCalls.map(({ name, input }, index) => ({
      index,
      id: `call-${this.requests.length}-${index}`,
      type: "function",
      function: { name, arguments: JSON.stringify(input) },
    }));
    if (calls.length > 0) send({ delta: { role: "assistant", content: null, tool_calls: calls } });
    send({ finish_reason: calls.length > 0 ? "tool_calls" : "stop" });
    response.end("data: [DONE]\n\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }
}
