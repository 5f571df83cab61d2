import type { Writable } from "node:stream";
import { AbstractMessageWriter, type Message, type MessageWriter } from "vscode-jsonrpc";

/**
 * Writes each message at once, so that what the other end has not read is all in the stream, where it is counted.
 *
 * vscode-jsonrpc's own writer keeps messages in a queue of its own until those before them are sent.
 */
export class FrameWriter extends AbstractMessageWriter implements MessageWriter {
  /** @param answered is told of each answer that is written */
  constructor(
    private readonly stream: Writable,
    private readonly answered: (id: unknown) => void,
  ) {
    super();
    stream.on("error", (error) => this.fireError(error));
    stream.on("close", () => this.fireClose());
  }

  write(message: Message): Promise<void> {
    const { id, method } = message as { id?: unknown; method?: unknown };
    if (method === undefined) this.answered(id);
    const body = Buffer.from(JSON.stringify(message));
    return new Promise((sent, fail) => {
      this.stream.cork();
      this.stream.write(`Content-Length: ${body.length}\r\n\r\n`, "latin1");
      this.stream.write(body, (error) => (error ? fail(error) : sent()));
      this.stream.uncork();
    });
  }

  end(): void {
    this.stream.end();
  }
}
