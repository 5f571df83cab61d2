import type { Socket } from "node:net";
import type { NotificationType, RequestType } from "vscode-jsonrpc";
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import { AgentScopeError, asError } from "../errors.js";
import { alive } from "./protocol.js";
import type { StudioAddress } from "./studioAddress.js";
import { failureFromStudio, failureToStudio } from "./studioFailure.js";

/** How long the daemon may be silent before it is asked for life; silent for twice as long again, it is given up: 10 s at most. */
const quietMs = 2500;
/** How long what was written may take to be gone once the line is closed, in milliseconds. */
const flushMs = 1000;
/** With more notifications that wait to be written the daemon is behind. */
const maxUnwritten = 32;

/**
 * One connection to a daemon, open until it ends.
 *
 * 1. Every end goes through {@link settle}, once; what waits for an answer then ends with the same error.
 * 2. It does not keep the process alive, unless it is held.
 */
export class StudioLine {
  /** Aborted when the line has ended; the reason is the error that says why. */
  readonly ended: AbortSignal;
  private readonly ending = new AbortController();
  private readonly rpc: MessageConnection;
  private readonly watch: NodeJS.Timeout;
  private lastWrite: Promise<void> = Promise.resolve();
  private unwritten = 0;
  private hasHeard = true;
  private quietTimes = 0;

  constructor(
    private readonly socket: Socket,
    /** As it was dialled. */
    readonly address: StudioAddress,
  ) {
    this.ended = this.ending.signal;
    this.rpc = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
    socket.on("data", () => (this.hasHeard = true));
    socket.on("error", (error) => this.settle(error.message));
    socket.on("close", () => this.settle("it has closed the connection"));
    this.rpc.onError(([error]) => this.settle(error.message));
    this.rpc.onClose(() => this.settle("it has closed the connection"));
    this.rpc.onRequest(alive, () => ({}));
    this.rpc.listen();
    this.watch = setInterval(() => this.checkLife(), quietMs).unref();
  }

  get url(): string {
    return this.address.url;
  }

  /** A process that was busy itself finds the daemon silent; it listens once more before it gives up. */
  private checkLife(): void {
    this.quietTimes = this.hasHeard ? 0 : this.quietTimes + 1;
    this.hasHeard = false;
    if (this.quietTimes === 1) void this.rpc.sendRequest(alive, {}).catch(() => {});
    if (this.quietTimes > 2) this.settle(`nothing was heard of it for ${(quietMs * this.quietTimes) / 1000} s`);
  }

  /**
   * Asks the daemon.
   *
   * @param options `signal` gives the question up, which the daemon is told.
   * @throws AgentScopeError `STUDIO_REFUSED` with the daemon's words, or `STUDIO_UNREACHABLE` when the line ends first.
   */
  async request<Params, Result>(
    type: RequestType<Params, Result, void>,
    params: Params,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<Result> {
    this.ended.throwIfAborted();
    signal?.throwIfAborted();
    const cancelling = new CancellationTokenSource();
    let giveUp = () => {};
    const givenUp = new Promise<never>((_resolve, reject) => {
      giveUp = () => {
        cancelling.cancel();
        reject(asError(signal?.reason));
      };
    });
    signal?.addEventListener("abort", giveUp);
    try {
      // When the line ends, it rejects what has not been answered.
      const answer = this.rpc.sendRequest<Params, Result, void>(type, params as never, cancelling.token);
      return await Promise.race([answer, givenUp]);
    } catch (thrown) {
      signal?.throwIfAborted();
      this.ended.throwIfAborted();
      throw failureFromStudio(thrown, this.url);
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  /** Tells the daemon; resolves once that is handed to the system, or the line has ended: then it is lost. */
  notify<Params>(type: NotificationType<Params>, params: Params): Promise<void> {
    if (this.ended.aborted) return Promise.resolve();
    this.unwritten++;
    const written = this.rpc
      .sendNotification(type, params as never)
      .catch(() => {})
      .finally(() => this.unwritten--);
    this.lastWrite = written;
    return written;
  }

  /** Whether the daemon reads slower than it is told: what can be left out should be. */
  get isBehind(): boolean {
    return this.unwritten > maxUnwritten;
  }

  /** Hands a message to the system at once, past what waits to be written: the process ends. */
  writeNow(message: { method: string; params: unknown; id?: string }): void {
    if (this.ended.aborted) return;
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.socket.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  /** Answers what the daemon asks; what is thrown is told it. */
  onRequest<Params, Result>(
    type: RequestType<Params, Result, void>,
    answer: (params: Params) => Result | Promise<Result>,
  ): void {
    this.rpc.onRequest<unknown, void>(type.method, async (params: Params): Promise<unknown> => {
      try {
        // JSON has no `undefined`.
        return (await answer(params)) ?? null;
      } catch (thrown) {
        throw failureToStudio(thrown);
      }
    });
  }

  onNotification<Params>(type: NotificationType<Params>, hear: (params: Params) => void): void {
    this.rpc.onNotification(type.method, hear);
  }

  hold(held: boolean): void {
    if (held) this.socket.ref();
    else this.socket.unref();
  }

  /** Ends the line when what was written is gone, or takes too long. */
  async close(): Promise<void> {
    if (this.ended.aborted) return;
    this.socket.ref();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, flushMs);
      const isGone = () => {
        clearTimeout(timer);
        resolve();
      };
      this.ended.addEventListener("abort", isGone);
      void this.lastWrite.then(() => this.socket.end(isGone));
    });
    this.settle("it was closed here");
  }

  /** Ends the line at once. */
  settle(reason: string): void {
    if (this.ended.aborted) return;
    clearInterval(this.watch);
    this.ending.abort(new AgentScopeError("STUDIO_UNREACHABLE", `the daemon at ${this.url} is gone: ${reason}`));
    this.rpc.dispose();
    this.socket.destroy();
  }
}
