import type { Readable, Writable } from "node:stream";
import { studioErrorCode } from "agentscope-distributed/studio";
import { ErrorCodes, type Message, type MessageStrategy } from "vscode-jsonrpc";
import type { WireLimits } from "./wireLimits.js";

type IntakeLimits = Pick<WireLimits, "maxOpenRequests" | "maxWaitingMessages" | "maxWaitingBytes" | "maxBacklogBytes">;

/**
 * How much of one connection is taken in.
 *
 * 1. Messages that wait to be looked at are bounded: beyond, the stream is not read, and TCP holds up the sender.
 * 2. A request beyond `maxOpenRequests` is answered with an error, and not looked at.
 * 3. While the other end does not read, nothing more of it is read and no request of it is begun.
 * 4. Each id is open once; the connection's own queue is a map by id, and would lose the first of two.
 */
export class Intake {
  /** By id as text; whether it was cancelled. */
  private readonly open = new Map<string, { cancelled: boolean }>();
  private readonly waiting = new Map<Message, number>();
  private waitingBytes = 0;
  /** Settles when the other end has read; undefined while there is room. */
  private room: Promise<void> | undefined;

  constructor(
    private readonly stream: { readable: Readable; writable: Writable },
    private readonly limits: IntakeLimits,
    private readonly refuse: (id: unknown, error: { code: number; message: string }) => void,
  ) {}

  /** Whether the message goes on to the connection; else it is dealt with. */
  takes(message: Message, sizeBytes: number): boolean {
    const { id, method, params } = message as { id?: unknown; method?: string; params?: { id?: unknown } };
    if (method === "$/cancelRequest") return this.takesCancel(params?.id);
    if (method !== undefined && id !== undefined && !this.opens(id)) return false;
    this.waiting.set(message, sizeBytes);
    this.waitingBytes += sizeBytes;
    this.pauseIfFull();
    this.hasRoom();
    return true;
  }

  /** To be told of each answer. */
  readonly answered = (id: unknown): void => {
    this.open.delete(String(id));
  };

  /** How the connection begins to look at a message. */
  readonly strategy: MessageStrategy = {
    handleMessage: (message, next) => {
      this.waitingBytes -= this.waiting.get(message) ?? 0;
      this.waiting.delete(message);
      const { id, method } = message as { id?: unknown; method?: string };
      const isRequest = method !== undefined && id !== undefined;
      if (isRequest && !this.hasRoom()) return this.room?.then(() => next(message));
      this.resumeIfEmpty();
      return next(message);
    },
  };

  /** Whether the other end reads what it is sent. */
  hasRoom(): boolean {
    const { writable } = this.stream;
    if (writable.writableLength <= this.limits.maxBacklogBytes) return true;
    this.room ??= this.drained();
    this.stream.readable.pause();
    return false;
  }

  /** Settles when {@link hasRoom} will hold, or the connection is over. */
  async untilRoom(): Promise<void> {
    if (!this.hasRoom()) await this.room;
  }

  private async drained(): Promise<void> {
    const { writable } = this.stream;
    await new Promise<void>((settle) => {
      // At the end, too: whoever waits looks by itself at what it still has to do.
      for (const event of ["drain", "close"]) writable.once(event, () => settle());
    });
    this.room = undefined;
    this.resumeIfEmpty();
  }

  private opens(id: unknown): boolean {
    const key = String(id);
    const { maxOpenRequests } = this.limits;
    if (this.open.has(key)) {
      this.refuse(id, { code: ErrorCodes.InvalidRequest, message: "a request with this id has no answer yet" });
      return false;
    }
    if (this.open.size >= maxOpenRequests) {
      const message = `${maxOpenRequests} requests of this connection have no answer yet, the most that can be open (--limit maxOpenRequests): wait for some`;
      this.refuse(id, { code: studioErrorCode.limit, message });
      return false;
    }
    this.open.set(key, { cancelled: false });
    return true;
  }

  /** Once for each open request. It is not counted: the connection may act on it without queueing it. */
  private takesCancel(id: unknown): boolean {
    const request = this.open.get(String(id));
    if (request === undefined || request.cancelled) return false;
    request.cancelled = true;
    return true;
  }

  private pauseIfFull(): void {
    const { maxWaitingMessages, maxWaitingBytes } = this.limits;
    if (this.waiting.size >= maxWaitingMessages || this.waitingBytes >= maxWaitingBytes) this.stream.readable.pause();
  }

  private resumeIfEmpty(): void {
    const { maxWaitingMessages, maxWaitingBytes } = this.limits;
    const isLow = this.waiting.size <= maxWaitingMessages / 2 && this.waitingBytes <= maxWaitingBytes / 2;
    if (isLow && this.room === undefined && this.stream.readable.isPaused()) this.stream.readable.resume();
  }
}
