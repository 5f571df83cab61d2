import { studioErrorCode } from "agentscope-distributed/studio";
import { ConnectionError, ErrorCodes, ResponseError } from "vscode-jsonrpc";

/** What a part of the daemon fails with: a code for programs, a sentence for the person, and a text for the log. */
export class StudioError extends Error {
  override readonly name = "StudioError";
  /** One of {@link studioErrorCode}, or of JSON-RPC's own. */
  readonly code: number;
  /** What only the log says; empty where the message says all. */
  readonly logText: string;

  constructor(code: number, message: string, options: { cause?: unknown; logText?: string } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.logText = options.logText ?? "";
  }

  /** @param what such as `server` */
  static notFound(what: string, id: string): StudioError {
    return new StudioError(studioErrorCode.notFound, `there is no ${what} ${JSON.stringify(shortened(id))}`);
  }

  /** There is nothing that would do. */
  static none(message: string): StudioError {
    return new StudioError(studioErrorCode.notFound, message);
  }

  /** The state of the thing does not allow it; the message says what would. */
  static refused(message: string, cause?: unknown): StudioError {
    return new StudioError(studioErrorCode.refused, message, { cause });
  }

  /** Somebody who had to be asked does not answer. */
  static unreachable(message: string, cause?: unknown): StudioError {
    return new StudioError(studioErrorCode.unreachable, message, { cause });
  }

  /** The message names the limit, its value and its option. */
  static limit(message: string): StudioError {
    return new StudioError(studioErrorCode.limit, message);
  }

  /** The message names the field. */
  static invalidParams(message: string): StudioError {
    return new StudioError(ErrorCodes.InvalidParams, message);
  }

  /** Whatever was thrown. What is no error of the protocol is one of the daemon itself: its stack is for the log. */
  static from(thrown: unknown): StudioError {
    if (thrown instanceof StudioError) return thrown;
    if (thrown instanceof ConnectionError) return StudioError.unreachable("the other end is gone", thrown);
    if (thrown instanceof ResponseError) {
      // What a server that was asked answers is passed on; that it was gone before it did is told as such.
      const isGone = goneCodes.has(thrown.code);
      return isGone
        ? StudioError.unreachable("the other end is gone", thrown)
        : new StudioError(thrown.code, thrown.message, { cause: thrown });
    }
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return new StudioError(ErrorCodes.InternalError, error.message, {
      cause: thrown,
      logText: error.stack ?? error.message,
    });
  }
}

const goneCodes: ReadonlySet<number> = new Set([
  ErrorCodes.PendingResponseRejected,
  ErrorCodes.ConnectionInactive,
  ErrorCodes.MessageWriteError,
  ErrorCodes.MessageReadError,
]);

/** Ids come from outside, and may be of any length. */
function shortened(id: string): string {
  return id.length > 100 ? `${id.slice(0, 100)}…` : id;
}
