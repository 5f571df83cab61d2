import { NotTransferableError } from "../errors.js";
import { Msg } from "../messages/msg.js";
import { RemoteFile } from "../messages/remoteFile.js";
import { PlaceholderReference } from "./placeholderReference.js";

/** Deeper than what may travel between our servers. */
const maxDepth = 256;

/**
 * A value as JSON can hold it, for receivers that speak AgentScope 0.1. What JSON has no form for is written in the
 * nearest one; the way back gives the written form, not the original:
 *
 * | value | written as |
 * |---|---|
 * | `Msg`, placeholder | AgentScope's JSON of it, at any depth |
 * | `Uint8Array` | its Base64 text |
 * | `bigint` | a number within ±(2^53 - 1), else its decimal text |
 * | a file of another machine in `url` | its path there |
 * | `Date` | ISO 8601 text; an invalid one `null` |
 * | `Map` | an object when all keys are strings, else a list of `[key, value]` |
 * | `Set` | a list |
 * | `NaN`, `Infinity`, `undefined` in a list | `null` |
 * | `undefined` in an object | left out |
 * | an object with `toJSON` | what that gives |
 *
 * @param name what the value is called in an error, as in `message.content[3]`
 * @param unwritable gives what stands for everything else, and for what is deeper than 256 levels or contains itself.
 *   Default: it throws NotTransferableError
 */
export function jsonValue(value: unknown, { name = "value", unwritable = refused }: JsonOptions = {}): unknown {
  return new JsonWriter(name, unwritable).json(value) ?? null;
}

export interface JsonOptions {
  name?: string;
  unwritable?: (path: string, what: string) => unknown;
}

function refused(path: string, what: string): never {
  throw new NotTransferableError(path, what);
}

class JsonWriter {
  /** Steps to the value under work; they make the path of an error. */
  readonly #steps: string[];

  readonly #unwritable: (path: string, what: string) => unknown;

  constructor(name: string, unwritable: (path: string, what: string) => unknown) {
    this.#steps = [name];
    this.#unwritable = unwritable;
  }

  json(value: unknown): unknown {
    switch (typeof value) {
      case "undefined":
      case "boolean":
      case "string":
        return value;
      case "number":
        return Number.isFinite(value) ? value : null;
      case "bigint":
        return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
      case "symbol":
        return this.#refused("a symbol");
      case "object":
        return value === null ? null : this.#object(value);
      default:
        return this.#object(value as object);
    }
  }

  #object(value: object): unknown {
    if (this.#steps.length > maxDepth) return this.#refused(`more than ${maxDepth} levels deep, or contains itself`);
    if (value instanceof Msg) return this.#entries(Object.entries(messageFields(value)));
    if (value instanceof PlaceholderReference) return this.#placeholder(value);
    if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
    if (value instanceof RemoteFile) return value.path;
    if (value instanceof Date) return value.toJSON();
    if (Array.isArray(value)) return this.#list(value);
    if (value instanceof Set) return this.#list([...value]);
    if (value instanceof Map) return this.#map(value);
    return this.#other(value);
  }

  #placeholder({ host, port, taskId }: PlaceholderReference): unknown {
    const number = Number(taskId);
    if (!Number.isSafeInteger(number)) return this.#refused("a placeholder with a task id over 2^53 - 1");
    return {
      __module__: placeholderModule,
      __name__: "PlaceholderMessage",
      _host: host,
      _port: port,
      _task_id: number,
    };
  }

  #list(items: readonly unknown[]): unknown[] {
    return items.map((item, index) => this.#inside(`[${index}]`, item) ?? null);
  }

  #map(map: ReadonlyMap<unknown, unknown>): unknown {
    const entries = [...map];
    const hasTextKeys = entries.every((entry): entry is [string, unknown] => typeof entry[0] === "string");
    return hasTextKeys ? this.#entries(entries) : this.#list(entries);
  }

  /** fromEntries defines properties: a key "__proto__" is data there. */
  #entries(entries: readonly [string, unknown][]): unknown {
    const written = entries.map(([key, item]): [string, unknown] => [key, this.#inside(`.${key}`, item)]);
    return Object.fromEntries(written.filter(([, item]) => item !== undefined));
  }

  #other(value: object): unknown {
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === "function") return this.#inside("", Reflect.apply(toJSON, value, []));
    const prototype: unknown = Object.getPrototypeOf(value);
    if (typeof value === "function") return this.#refused("a function");
    if (prototype !== Object.prototype && prototype !== null) return this.#refused("an instance of a class");
    return this.#entries(Object.entries(value));
  }

  #inside(step: string, value: unknown): unknown {
    this.#steps.push(step);
    const written = this.json(value);
    this.#steps.pop();
    return written;
  }

  #refused(what: string): unknown {
    return this.#unwritable(this.#steps.join(""), what);
  }
}

export const messageModule = "agentscope.message.msg";
export const placeholderModule = "agentscope.message.placeholder";

/** AgentScope refuses a missing key and an extra one. */
function messageFields(message: Msg): Record<string, unknown> {
  return {
    __module__: messageModule,
    __name__: "Msg",
    id: message.id,
    name: message.name,
    content: message.content ?? null,
    role: message.role,
    url: message.url ?? null,
    metadata: message.metadata ?? null,
    timestamp: message.timestamp,
  };
}
