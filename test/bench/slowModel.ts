import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** A server with OpenAI's interface that gives each request the same answer, after a while. It says what a timer says: nothing of models. */
export class SlowModel implements AsyncDisposable {
  readonly answer = "Let us see.";

  private constructor(
    private readonly server: Server,
    private readonly delayMs: number,
  ) {}

  static async start(delayMs: number): Promise<SlowModel> {
    const server = createServer();
    const model = new SlowModel(server, delayMs);
    server.on("request", (request, response) => {
      request.resume();
      void model.reply(response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return model;
  }

  get config(): { config_name: string; model_type: "post_api_chat"; model_name: string; base_url: string } {
    const { port } = this.server.address() as AddressInfo;
    return {
      config_name: "slow",
      model_type: "post_api_chat",
      model_name: "m",
      base_url: `http://127.0.0.1:${port}/v1`,
    };
  }

  private async reply(response: ServerResponse): Promise<void> {
    await pause(this.delayMs);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(this.events());
  }

  private events(): string {
    const chunk = (delta: object, reason: string | null) => ({
      id: "1",
      object: "chat.completion.chunk",
      created: 1,
      model: "m",
      choices: [{ index: 0, delta, finish_reason: reason }],
    });
    const chunks = [chunk({ role: "assistant", content: this.answer }, null), chunk({}, "stop")];
    return [...chunks.map((one) => JSON.stringify(one)), "[DONE]"].map((data) => `data: ${data}\n\n`).join("");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }
}
