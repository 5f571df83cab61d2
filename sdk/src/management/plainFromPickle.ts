import { InvalidArgumentError } from "../errors.js";

interface Limits {
  maxSizeBytes: number;
  maxDepth: number;
}

interface Plain {
  value: unknown;
  /** About how many bytes it has when each reference is written out. */
  size: number;
  /** How many containers stand in each other. */
  height: number;
}

/**
 * What the stack machine left, as plain values: dicts become objects or Maps. A pickle can refer to one value many
 * times, so a hundred bytes can stand for gigabytes: what it multiplies to is counted, each container once.
 */
export function plainFromPickle(value: unknown, limits: Limits): unknown {
  return new Plainer(limits).plain(value, 0).value;
}

class Plainer {
  /** `undefined`: begun, so that meeting it again is a cycle. */
  readonly #done = new Map<object, Plain | undefined>();
  readonly #limits: Limits;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  plain(value: unknown, depth: number): Plain {
    if (typeof value === "string") return { value, size: value.length + 1, height: 0 };
    if (typeof value !== "object" || value === null) return { value, size: 1, height: 0 };
    if (value instanceof Uint8Array) return { value, size: value.length + 1, height: 0 };
    const known = this.#done.get(value);
    if (known === undefined && this.#done.has(value)) throw refused("a value contains itself");
    const plain = known ?? this.#container(value, depth);
    this.#done.set(value, plain);
    if (depth + plain.height > this.#limits.maxDepth) throw this.#tooDeep();
    return plain;
  }

  #container(value: object, depth: number): Plain {
    if (depth >= this.#limits.maxDepth) throw this.#tooDeep();
    this.#done.set(value, undefined);
    let size = 1;
    let height = 0;
    const inner = (item: unknown): unknown => {
      const plain = this.plain(item, depth + 1);
      size += plain.size;
      height = Math.max(height, plain.height);
      if (size > this.#limits.maxSizeBytes)
        throw refused(`its values have more than ${this.#limits.maxSizeBytes} bytes`);
      return plain.value;
    };
    const result = rebuilt(value, inner);
    return { value: result, size, height: height + 1 };
  }

  #tooDeep(): InvalidArgumentError {
    return refused(`values stand in each other more than ${this.#limits.maxDepth} deep`);
  }
}

function rebuilt(value: object, inner: (item: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(inner);
  if (value instanceof Set) return new Set([...value].map(inner));
  if (value instanceof Map) {
    const entries = [...value].map(([key, item]): [unknown, unknown] => [inner(key), inner(item)]);
    const isObject = entries.every((entry): entry is [string, unknown] => typeof entry[0] === "string");
    // fromEntries defines properties: a key "__proto__" is data there.
    return isObject ? Object.fromEntries(entries) : new Map(entries);
  }
  throw refused("an unknown kind of value");
}

function refused(what: string): InvalidArgumentError {
  return new InvalidArgumentError(`The pickle can't be read: ${what}`);
}
