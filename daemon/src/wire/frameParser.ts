import { studioErrorCode } from "agentscope-distributed/studio";
import { ErrorCodes, type Message } from "vscode-jsonrpc";

/** What can't be read: the connection that it came on can't be used any more. */
export class FrameError extends Error {
  override readonly name = "FrameError";

  /** @param code of JSON-RPC, or a limit's */
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** A message, and how long its text was. */
export interface Frame {
  message: Message;
  sizeBytes: number;
}

const endOfHeader = "\r\n\r\n";

/**
 * Takes JSON-RPC messages out of a stream of bytes, framed as the language server protocol does. Holds one message at most.
 *
 * vscode-jsonrpc's own reader believes whatever length it is told, and holds a header that never ends.
 */
export class FrameParser {
  /** The largest message; raised when the other end has shown who it is. */
  largest: { option: string; bytes: number };
  private readonly pieces: Buffer[] = [];
  private heldBytes = 0;
  /** Of the message whose header was read; undefined while the header is. */
  private bodyBytes: number | undefined;

  constructor(
    largest: { option: string; bytes: number },
    private readonly maxHeaderBytes: number,
  ) {
    this.largest = largest;
  }

  /**
   * The messages that are whole with these bytes.
   *
   * @throws FrameError at the first that can't be read.
   */
  *push(bytes: Buffer): Generator<Frame, void, void> {
    this.pieces.push(bytes);
    this.heldBytes += bytes.length;
    for (;;) {
      this.bodyBytes ??= this.takeHeader();
      if (this.bodyBytes === undefined || this.heldBytes < this.bodyBytes) return;
      const body = this.take(this.bodyBytes);
      this.bodyBytes = undefined;
      yield { message: messageOf(body), sizeBytes: body.length };
    }
  }

  /** What was pushed and belongs to no message that was given; it is not held any more. */
  rest(): Buffer {
    return this.take(this.heldBytes);
  }

  /** Gives the length that it tells; undefined while it is not whole. */
  private takeHeader(): number | undefined {
    const held = this.whole();
    const end = held.indexOf(endOfHeader);
    if (end > this.maxHeaderBytes || (end < 0 && held.length > this.maxHeaderBytes)) {
      throw new FrameError(
        studioErrorCode.limit,
        `the header of a message is longer than ${this.maxHeaderBytes} bytes, the most that is taken (--limit maxHeaderBytes)`,
      );
    }
    if (end < 0) return undefined;
    return this.lengthIn(this.take(end + endOfHeader.length).toString("latin1", 0, end));
  }

  private lengthIn(header: string): number {
    const lines = header.split("\r\n").map((line) => /^([\w-]+):[ \t]*(.*)$/.exec(line));
    const [, , text] = lines.find((line) => line?.[1]?.toLowerCase() === "content-length") ?? [];
    if (lines.includes(null) || text === undefined || !/^\d{1,15}$/.test(text.trim())) {
      throw new FrameError(
        ErrorCodes.ParseError,
        `a message begins with "Content-Length: BYTES"; this began with ${JSON.stringify(header.slice(0, 60))}`,
      );
    }
    const length = Number(text);
    const { option, bytes } = this.largest;
    if (length <= bytes) return length;
    throw new FrameError(
      studioErrorCode.limit,
      `a message of ${length} bytes is larger than ${bytes}, the most that is taken (--limit ${option})`,
    );
  }

  private take(sizeBytes: number): Buffer {
    const held = this.whole();
    this.pieces.length = 0;
    if (sizeBytes < held.length) this.pieces.push(held.subarray(sizeBytes));
    this.heldBytes -= sizeBytes;
    return held.subarray(0, sizeBytes);
  }

  /** In one piece: done when a header is looked for and when a body is whole, not for each piece of a body. */
  private whole(): Buffer {
    if (this.pieces.length !== 1) this.pieces.splice(0, this.pieces.length, Buffer.concat(this.pieces));
    return this.pieces[0] ?? Buffer.alloc(0);
  }
}

/** @throws FrameError when it is no JSON, or no message of JSON-RPC. */
function messageOf(body: Buffer): Message {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch (error) {
    throw new FrameError(ErrorCodes.ParseError, `a message is no JSON: ${(error as Error).message.slice(0, 200)}`);
  }
  const { jsonrpc, id, method, params, error } = (value ?? {}) as Record<string, unknown>;
  const isId = typeof id === "string" || Number.isSafeInteger(id);
  const isCall = typeof method === "string" && (isId || id === undefined);
  const isAnswer = method === undefined && (isId || id === null) && ("result" in Object(value) || error !== undefined);
  const hasParams = params === undefined || (typeof params === "object" && params !== null);
  if (jsonrpc === "2.0" && (isCall || isAnswer) && hasParams) return value as Message;
  throw new FrameError(
    ErrorCodes.InvalidRequest,
    'a message is no request, notification or response of JSON-RPC 2.0 ("jsonrpc", "method", "params", "id")',
  );
}
