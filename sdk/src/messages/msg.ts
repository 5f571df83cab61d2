import { inspect } from "node:util";
import { randomHex } from "../randomId.js";

/** Who speaks in a message, as model APIs know it. */
export type Role = "system" | "user" | "assistant";

/** All roles; on the wire a role is its place here. */
export const roles: readonly Role[] = ["system", "user", "assistant"];

/** What `new Msg(…)` takes. */
export interface MsgInit<Content = unknown> {
  /** The name of who sends it; an agent's name as a rule. */
  name: string;
  /** Any structured data: JSON values, `Uint8Array`, `Date`, `bigint`, `Map`, `Set`, other messages, placeholders, agents. */
  content: Content;
  role: Role;
  /** A web address, or a path of a file on the machine that makes the message; several in a list. */
  url?: string | string[] | undefined;
  /** More structured data that is not part of what is said. */
  metadata?: unknown;
}

/** All fields of a message, as another process or a file gives them. */
export interface MsgRecord<Content = unknown> extends MsgInit<Content> {
  id: string;
  timestamp: string;
}

/**
 * A message between agents. `await message.content` gives the same as `message.content`, so that a script
 * need not ask whether it holds a message or a {@link Placeholder}.
 */
export class Msg<Content = unknown> {
  /** Unique, made by the constructor. */
  readonly id: string;
  name: string;
  role: Role;
  content: Content;
  url: string | string[] | undefined;
  metadata: unknown;
  /** When it was made, local time of that machine: `YYYY-MM-DD HH:MM:SS` (AgentScope's form). */
  readonly timestamp: string;

  /** @throws TypeError when `role` is not one of the three, or `name` is no string. */
  constructor(init: MsgInit<Content>) {
    const { id, timestamp } = init as Partial<MsgRecord>;
    if (!roles.includes(init.role)) {
      throw new TypeError(`Msg: role is ${JSON.stringify(init.role)}; it must be "system", "user" or "assistant"`);
    }
    if (typeof init.name !== "string") {
      throw new TypeError(`Msg: name is ${typeof init.name}; it must be a string`);
    }
    this.id = id ?? newMessageId();
    this.name = init.name;
    this.role = init.role;
    this.content = init.content;
    this.url = init.url;
    this.metadata = init.metadata;
    this.timestamp = timestamp ?? currentTimestamp();
  }

  /** A message with exactly these fields: the id and timestamp it got where it was made are kept. */
  static restore<Content>(record: MsgRecord<Content>): Msg<Content> {
    return new Msg(record);
  }

  toString(): string {
    return `${this.name}: ${this.contentText()}`;
  }

  /** The content as text: itself, or JSON; nothing where there is none. */
  contentText(): string {
    if (this.content === undefined) return "";
    return typeof this.content === "string" ? this.content : shown(this.content);
  }
}

/** JSON where that can say it. */
function shown(content: unknown): string {
  try {
    return JSON.stringify(content);
  } catch {
    return inspect(content);
  }
}

const idPrefix = randomHex(10);
const lastDigits = Array.from({ length: 4096 }, (_, number) => number.toString(16).padStart(3, "0"));
let idBlock = -1;
let blockPrefix = "";
let inBlock = lastDigits.length;

/**
 * 32 hex digits, as AgentScope's: 20 random ones of this thread, and a count, which costs a tenth of a random one. Most of them are the
 * same for thousands of messages.
 */
function newMessageId(): string {
  if (inBlock === lastDigits.length) {
    blockPrefix = idPrefix + (++idBlock).toString(16).padStart(9, "0");
    inBlock = 0;
  }
  return blockPrefix + lastDigits[inBlock++];
}

let cachedSecond = -1;
let cachedTimestamp = "";

/** The local time; formatted once a second, since a run can make a million messages in a few. */
function currentTimestamp(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== cachedSecond) {
    const date = new Date(second * 1000);
    const two = (part: number) => String(part).padStart(2, "0");
    cachedSecond = second;
    cachedTimestamp =
      `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
      `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  }
  return cachedTimestamp;
}
