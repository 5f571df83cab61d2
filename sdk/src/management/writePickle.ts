import { InvalidArgumentError } from "../errors.js";
import { opcode } from "./pickleOpcodes.js";

const maxDepth = 200;

/**
 * Writes plain data as a Python pickle of protocol 4, which Python 3.4 and later read.
 *
 * `null` and `undefined` become `None`, properties that are `undefined` are left out; a number without fraction within
 * ±(2^53 - 1) becomes an `int`, every other a `float`; bigint `int`; `Uint8Array` `bytes`; an array a `list`; a plain
 * object or `Map` a `dict`; a `Set` a `set`. In a set and as a key of a dict, arrays become tuples and sets
 * frozensets, as Python wants these hashable.
 *
 * @throws InvalidArgumentError for any other value, with its path
 */
export function writePickle(value: unknown): Buffer {
  const writer = new PickleWriter();
  writer.bytes(opcode.PROTO, 4);
  writer.value(value, { path: "", depth: 0, hashable: false });
  writer.bytes(opcode.STOP);
  return writer.finish();
}

interface Place {
  path: string;
  depth: number;
  /** It is in a set, or a key of a dict. */
  hashable: boolean;
}

class PickleWriter {
  readonly #parts: Uint8Array[] = [];

  finish(): Buffer {
    return Buffer.concat(this.#parts);
  }

  bytes(...bytes: number[]): void {
    this.#parts.push(Uint8Array.from(bytes));
  }

  value(value: unknown, place: Place): void {
    switch (typeof value) {
      case "undefined":
        return this.bytes(opcode.NONE);
      case "boolean":
        return this.bytes(value ? opcode.NEWTRUE : opcode.NEWFALSE);
      case "number":
        return this.#number(value);
      case "bigint":
        return this.#integer(value, place);
      case "string":
        return this.#sized(opcode.SHORT_BINUNICODE, opcode.BINUNICODE, Buffer.from(value, "utf8"));
      case "object":
        return this.#object(value, place);
      default:
        throw refused(place, `a ${typeof value}`);
    }
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) return this.#smallInteger(value);
    const double = Buffer.alloc(9);
    double[0] = opcode.BINFLOAT;
    double.writeDoubleBE(value, 1);
    this.#parts.push(double);
  }

  #smallInteger(value: number): void {
    if (value >= 0 && value < 0x100) return this.bytes(opcode.BININT1, value);
    if (value !== (value | 0)) return this.#integer(BigInt(value), { path: "", depth: 0, hashable: false });
    const integer = Buffer.alloc(5);
    integer[0] = opcode.BININT;
    integer.writeInt32LE(value, 1);
    this.#parts.push(integer);
  }

  /** Two's complement, little end first, with a bit for the sign. */
  #integer(value: bigint, place: Place): void {
    const bits = (value < 0n ? ~value : value).toString(2).length + 1;
    const length = Math.ceil(bits / 8);
    if (length > 0xff) throw refused(place, "a bigint of more than 255 bytes");
    const hex = BigInt.asUintN(length * 8, value)
      .toString(16)
      .padStart(length * 2, "0");
    this.bytes(opcode.LONG1, length);
    this.#parts.push(Buffer.from(hex, "hex").reverse());
  }

  #sized(shortOpcode: number, longOpcode: number, data: Uint8Array): void {
    if (data.length < 0x100) {
      this.bytes(shortOpcode, data.length);
    } else {
      const head = Buffer.alloc(5);
      head[0] = longOpcode;
      head.writeUInt32LE(data.length, 1);
      this.#parts.push(head);
    }
    this.#parts.push(data);
  }

  #object(value: object | null, place: Place): void {
    if (value === null) return this.bytes(opcode.NONE);
    if (value instanceof Uint8Array) return this.#sized(opcode.SHORT_BINBYTES, opcode.BINBYTES, value);
    if (place.depth >= maxDepth) throw refused(place, `more than ${maxDepth} levels deep, or contains itself`);
    if (Array.isArray(value)) return this.#array(value, place);
    if (value instanceof Set) return this.#set(value, place);
    if (place.hashable) throw refused(place, "an object, which Python can't have in a set or as a key");
    if (value instanceof Map) return this.#dict(value, place);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) throw refused(place, `a ${className(value)}`);
    return this.#dict(
      Object.entries(value).filter(([, item]) => item !== undefined),
      place,
    );
  }

  #array(items: readonly unknown[], place: Place): void {
    if (!place.hashable) this.bytes(opcode.EMPTY_LIST);
    this.bytes(opcode.MARK);
    for (const [index, item] of items.entries()) this.value(item, inside(place, `[${index}]`));
    this.bytes(place.hashable ? opcode.TUPLE : opcode.APPENDS);
  }

  #set(items: ReadonlySet<unknown>, place: Place): void {
    if (!place.hashable) this.bytes(opcode.EMPTY_SET);
    this.bytes(opcode.MARK);
    for (const item of items) this.value(item, { ...inside(place, "{…}"), hashable: true });
    this.bytes(place.hashable ? opcode.FROZENSET : opcode.ADDITEMS);
  }

  #dict(entries: Iterable<[unknown, unknown]>, place: Place): void {
    this.bytes(opcode.EMPTY_DICT, opcode.MARK);
    for (const [key, item] of entries) {
      this.value(key, { ...inside(place, "{key}"), hashable: true });
      this.value(item, inside(place, typeof key === "string" ? `.${key}` : "{value}"));
    }
    this.bytes(opcode.SETITEMS);
  }
}

function inside(place: Place, step: string): Place {
  return { path: place.path + step, depth: place.depth + 1, hashable: place.hashable };
}

function className(value: object): string {
  const { constructor } = value as { constructor?: { name?: unknown } };
  return typeof constructor?.name === "string" && constructor.name !== ""
    ? constructor.name
    : "object of an unnamed class";
}

function refused(place: Place, what: string): InvalidArgumentError {
  const where = place.path === "" ? "The value" : place.path.replace(/^\./, "");
  return new InvalidArgumentError(
    `${where} is ${what}, which can't be sent to a server of Python's AgentScope as plain data`,
  );
}
