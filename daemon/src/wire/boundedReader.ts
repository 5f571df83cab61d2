import type { Readable } from "node:stream";
import { AbstractMessageReader, type DataCallback, Disposable, type Message, type MessageReader } from "vscode-jsonrpc";
import { FrameError, type FrameParser } from "./frameParser.js";
import type { Intake } from "./intake.js";

/** Reads messages as long as there is room for them ({@link Intake}); a {@link FrameError} ends it. */
export class BoundedReader extends AbstractMessageReader implements MessageReader {
  constructor(
    private readonly stream: Readable,
    private readonly parser: FrameParser,
    private readonly intake: Intake,
  ) {
    super();
  }

  listen(callback: DataCallback): Disposable {
    const read = (bytes: Buffer) => {
      try {
        for (const { message, sizeBytes } of this.parser.push(bytes)) this.deliver(message, sizeBytes, callback);
      } catch (error) {
        this.stream.off("data", read);
        this.fireError(error instanceof FrameError ? error : new FrameError(-32_600, String(error)));
      }
    };
    this.stream.on("data", read);
    this.stream.on("error", (error) => this.fireError(error));
    this.stream.once("end", () => this.fireClose());
    this.stream.once("close", () => this.fireClose());
    return Disposable.create(() => this.stream.off("data", read));
  }

  private deliver(message: Message, sizeBytes: number, callback: DataCallback): void {
    if (this.intake.takes(message, sizeBytes)) callback(message);
  }
}
