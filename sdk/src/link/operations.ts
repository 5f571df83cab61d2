/**
 * The operations of the link, as they stand in a frame: one flat list `[operation, …fields, operation, …fields, …]`.
 *
 * *number*: the caller's number of an agent on this channel. *seq*: the caller's number of a call on this channel, counted up
 * and never used again, so that a reference to its result is complete before the call is sent. *promise*: the sender's number
 * of a value that follows. *argument*: see {@link argumentKind}.
 */
export const operation = {
  // from the caller
  /**
   * number, seq, agentId, name, className, moduleUrl | null, id of the agent in whose turn it was made | null, instance of the process
   * whose script made it (null: the caller's) | null, constructor arguments (a list)
   */
  create: 1,
  /** number, seq, agentId, name, className, caller | null, seq: an agent that is there, or that this caller's operation makes */
  bind: 2,
  /** number, seq, caller (number of the calling agent, 0 the script), method, count, argument… */
  call: 3,
  /**
   * count, header…, then the fields of `call`: one that stands in a trace, with its context as names and values of W3C headers. Sent
   * to those who say that they know it (PeerInfo.readsTraces)
   */
  callInTrace: 14,
  /** promise, argument */
  value: 4,
  /** promise, failure */
  valueFailed: 5,
  /** seq of the answer, caller, seq: the result of somebody's call, maybe of one that has not arrived yet */
  fetch: 6,
  /** count, seq…: results that are no longer needed */
  release: 7,
  /** seq: a call that need not begin */
  cancel: 8,
  /** origin, agents on the way (names), seq | [caller, seq] | [promise]: looks for a cycle (waitGraph.ts) */
  probe: 9,
  /** number: the agent's handle is gone */
  unbind: 10,
  /** like create, with an id that somebody has chosen: another agent may have it */
  createChosen: 11,
  /**
   * like create, with a list before the arguments: whether somebody has chosen the id, whether the agent outlives its maker, key and
   * epoch of its recovery (null, 0: none). Answered with what is known from before (agentSpec.ts)
   */
  createKept: 13,
  /** mask: from now on the caller tells whoever watches of its calls whose seq has none of these bits, and of no others */
  tell: 12,
  // from the one who has the agent
  /** seq, argument */
  result: 20,
  /** seq, failure */
  failure: 21,
  /** seq, size in bytes: the result is ready, and stays until it is fetched */
  kept: 22,
} as const;

export const argumentKind = {
  none: 0,
  /** id, name, role (its place in `roles`), content, url, metadata, timestamp (null: of the message before in this frame) */
  message: 1,
  /** any value */
  value: 2,
  /** address, realm, instance, lane, caller, seq: the result of a call of another server's agent, or of this one's */
  reference: 3,
  /** seq: the result of a call that was made on this channel */
  ownReference: 4,
  /** promise */
  promised: 5,
  /** count, argument… */
  list: 6,
  /** blob, size in bytes: the value comes in chunks */
  large: 7,
} as const;

/** How a call of the agent itself, and `observe`, stand in a call's method field; other methods by name. */
export const replyMethod = 0;
export const observeMethod = 1;

/** Reads a received list field by field; a field of another type than expected ends the channel. */
export class Cursor {
  private index = 0;
  private lastTimestamp: string | undefined;

  constructor(private readonly fields: readonly unknown[]) {}

  get atEnd(): boolean {
    return this.index >= this.fields.length;
  }

  /** How many fields are left. */
  get left(): number {
    return this.fields.length - this.index;
  }

  next(): unknown {
    if (this.index >= this.fields.length) throw new RangeError("an operation lacks fields");
    return this.fields[this.index++];
  }

  number(): number {
    const field = this.next();
    if (typeof field !== "number" || !Number.isSafeInteger(field) || field < 0) {
      throw new RangeError(`expected a number, received ${typeof field}`);
    }
    return field;
  }

  /** A text that is often the same again, as a name is. */
  name(): string {
    return this.text();
  }

  text(): string {
    const field = this.next();
    if (typeof field !== "string") throw new RangeError(`expected text, received ${typeof field}`);
    return field;
  }

  /** A message's timestamp: the one before again where there is none. */
  timestamp(): string {
    const field = this.next();
    if (typeof field === "string") this.lastTimestamp = field;
    else if (field !== null || this.lastTimestamp === undefined) throw new RangeError("a message lacks its timestamp");
    return this.lastTimestamp;
  }

  optionalText(): string | undefined {
    const field = this.next();
    if (field === null || field === undefined) return undefined;
    if (typeof field !== "string") throw new RangeError(`expected text, received ${typeof field}`);
    return field;
  }
}
