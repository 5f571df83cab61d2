import { ResponseError } from "vscode-jsonrpc";
import { studioErrorCode } from "agentscope-distributed-daemon/protocol";

const wanted: ReadonlyMap<number, "token" | "certificate"> = new Map([
  [studioErrorCode.wantsToken, "token"],
  [studioErrorCode.wantsCertificate, "certificate"],
]);

/**
 * Why the daemon did not do what it was asked:
 * - `down`: there is none, and none could be started
 * - `silent`: it is there and did not answer in time
 * - `refused`: it answered, and the answer is no
 * - `mismatch`: it speaks another version of the protocol, or does not know our token
 */
export type FailureCode = "down" | "silent" | "refused" | "mismatch";

/** Its message is a sentence for the person. */
export class DaemonFailure extends Error {
  override readonly name = "DaemonFailure";
  /** What the agent server that it was to connect to wants to see. */
  readonly wants: "token" | "certificate" | undefined;

  constructor(
    readonly code: FailureCode,
    message: string,
    { wants, ...options }: ErrorOptions & { wants?: "token" | "certificate" | undefined } = {},
  ) {
    super(message, options);
    this.wants = wants;
  }

  static from(cause: unknown): DaemonFailure {
    if (cause instanceof DaemonFailure) return cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    if (!(cause instanceof ResponseError)) return new DaemonFailure("down", message, { cause });
    const isMismatch = cause.code === studioErrorCode.protocolVersion || cause.code === studioErrorCode.unauthenticated;
    return new DaemonFailure(isMismatch ? "mismatch" : "refused", message, { cause, wants: wanted.get(cause.code) });
  }
}
