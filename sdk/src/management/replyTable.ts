import { AgentScopeError, PlaceholderExpiredError } from "../errors.js";
import type { Msg } from "../messages/msg.js";
import { checkedTaskId } from "./placeholderReference.js";

export interface ReplyTableOptions {
  /** Calls whose replies are kept or awaited. Default 8192. */
  maxPoolSize?: number | undefined;
  /** How long a reply is kept after it was made. Default 7200. */
  maxTimeoutSeconds?: number | undefined;
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number;
}

type Reply = Promise<Msg | undefined>;

/**
 * Replies by the task ids that Python's clients ask for.
 *
 * 1. Ids count up from 1 and are never given twice.
 * 2. A call that has not ended is never dropped; a reply is, when it is too old, or the oldest when the table is full.
 * 3. A reply can be read any number of times.
 */
export class ReplyTable {
  readonly #maxPoolSize: number;
  readonly #maxAgeMs: number;
  readonly #now: () => number;
  readonly #replies = new Map<number, Reply>();
  /** When each reply was made, in that order. */
  readonly #ended = new Map<number, number>();
  #lastId = 0;

  constructor({ maxPoolSize = 8192, maxTimeoutSeconds = 7200, now = () => performance.now() }: ReplyTableOptions = {}) {
    this.#maxPoolSize = maxPoolSize;
    this.#maxAgeMs = maxTimeoutSeconds * 1000;
    this.#now = now;
  }

  /**
   * Starts a call and keeps its reply.
   * @returns its task id
   * @throws AgentScopeError (LIMIT_EXCEEDED) when the table is full of calls that have not ended; nothing is started then
   */
  add(start: () => Reply): string {
    this.#makeRoom();
    const id = ++this.#lastId;
    const reply = start();
    this.#replies.set(id, reply);
    const end = () => void this.#ended.set(id, this.#now());
    reply.then(end, end);
    return String(id);
  }

  /**
   * The reply, when it is there.
   * @throws PlaceholderExpiredError when it was dropped or never was; whatever the call threw
   */
  async read(taskId: string): Promise<Msg | undefined> {
    this.#dropOld();
    const id = Number(checkedTaskId(taskId));
    const reply = this.#replies.get(id);
    if (reply !== undefined) return reply;
    throw new PlaceholderExpiredError(
      id < 1 || id > this.#lastId
        ? `This server has given no task the id ${taskId}; it may have been started anew since`
        : `The reply of task ${taskId} was dropped: it was older than ${this.#maxAgeMs / 1000} s (option ` +
            `maxTimeoutSeconds), or more than ${this.#maxPoolSize} replies were kept (option maxPoolSize)`,
    );
  }

  #makeRoom(): void {
    this.#dropOld();
    if (this.#replies.size < this.#maxPoolSize) return;
    const [oldest] = this.#ended.keys();
    if (oldest === undefined) {
      throw new AgentScopeError(
        "LIMIT_EXCEEDED",
        `${this.#replies.size} calls wait for their replies, and the server keeps at most ${this.#maxPoolSize} (option maxPoolSize)`,
      );
    }
    this.#drop(oldest);
  }

  #dropOld(): void {
    const limit = this.#now() - this.#maxAgeMs;
    for (const [id, endedAt] of this.#ended) {
      if (endedAt >= limit) return;
      this.#drop(id);
    }
  }

  #drop(id: number): void {
    this.#ended.delete(id);
    this.#replies.delete(id);
  }
}
