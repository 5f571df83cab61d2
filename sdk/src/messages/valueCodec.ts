import { addExtension, Packr, Unpackr } from "msgpackr/pack";
import { agentBrand } from "../agents/brand.js";
import { InvalidArgumentError, NotTransferableError } from "../errors.js";
import { putBehind, takeBehind } from "./bytesBehind.js";
import { CallResult } from "./callResult.js";
import { checkData } from "./checkData.js";
import { LargeValue, unwrapLarge } from "./largeValue.js";
import { Msg, type MsgRecord } from "./msg.js";
import { RemoteFile } from "./remoteFile.js";

/** Nested deeper than this, a value is refused (a value that contains itself is found this way). */
export const maxDepth = 200;

/** Levels that a frame has around a value. */
const frameDepth = 8;

/** From this size on a value travels in chunks of its own, so that small messages pass it. */
export const largeBytes = 64 * 1024;

let measuredBytes = 0;

/**
 * The value as the receiver will see it: a copy that shares nothing changeable with the original, so that a local agent
 * gets what a remote one would get. Large ones come wrapped as {@link LargeValue}.
 *
 * @param path what the value is called in an error, as in `content`.
 * @throws NotTransferableError naming the path of the first part that can't travel.
 */
export function snapshot(value: unknown, path: string): unknown {
  measuredBytes = 0;
  const copy = copyValue(value, path, 0);
  return measuredBytes > largeBytes ? new LargeValue(copy, measuredBytes) : copy;
}

/** About how many bytes a snapshot takes. */
export function sizeOf(value: unknown): number {
  measuredBytes = 0;
  copyValue(value, "", 0);
  return measuredBytes;
}

/**
 * The snapshots of what a method of an agent is called with.
 *
 * @throws NotTransferableError naming the path of the first part that can't travel.
 */
export function snapshotArguments(method: string, args: readonly unknown[]): unknown[] {
  if (method !== "reply" && method !== "observe") {
    return args.map((arg, index) => snapshotArgument(arg, `arguments[${index}]`));
  }
  return args.length === 0 || args[0] === undefined ? [undefined] : [snapshotArgument(args[0], "")];
}

/** The messages and results of a list are inputs of their own: each may be large, or not there yet. */
function snapshotArgument(value: unknown, path: string): unknown {
  if (Array.isArray(value) && value.some((item) => item instanceof Msg || item instanceof CallResult)) {
    return value.map((item, index) => snapshotInput(item, `${path}[${index}]`));
  }
  return snapshotInput(value, path);
}

/** A result whose value is here counts as that value, as it is now: the program has it too, and may change it. */
function snapshotInput(value: unknown, path: string): unknown {
  const isHere = value instanceof CallResult && value.state === "value";
  return snapshot(isHere ? unwrapLarge(value.outcome) : value, path);
}

function copyValue(value: unknown, path: string, depth: number): unknown {
  switch (typeof value) {
    case "string":
      measuredBytes += value.length + 3;
      return wellFormed(value);
    case "number":
      measuredBytes += 9;
      // MessagePack's integers have no negative zero: a local agent must not see what a remote one can't.
      return value === 0 ? 0 : value;
    case "boolean":
    case "undefined":
    case "bigint":
      measuredBytes += 9;
      return value;
    case "symbol":
      throw new NotTransferableError(path, "a symbol");
    case "function":
      if (agentBrand in value) return value;
      throw new NotTransferableError(path, "a function");
    case "object":
      return value === null ? null : copyObject(value, path, depth + 1);
  }
}

function copyObject(value: object, path: string, depth: number): unknown {
  if (depth > maxDepth)
    throw new NotTransferableError(path, `nested deeper than ${maxDepth} levels (or contains itself)`);
  measuredBytes += 5;
  if (Array.isArray(value)) {
    const copy = new Array<unknown>(value.length);
    for (let index = 0; index < value.length; index++)
      copy[index] = copyValue(value[index], `${path}[${index}]`, depth);
    return copy;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return copyRecord(value, path, depth);
  if (value instanceof Msg) return copyMessage(value, path === "" ? "" : `${path}.`, depth);
  if (value instanceof CallResult || value instanceof RemoteFile || agentBrand in value) return value;
  if (value instanceof Date) return new Date(value);
  if (value instanceof Uint8Array) {
    measuredBytes += value.length;
    return new Uint8Array(value);
  }
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>();
    for (const [key, item] of value) {
      copy.set(copyValue(key, `${path}.keys()`, depth), copyValue(item, `${path}.get(${labelOf(key)})`, depth));
    }
    return copy;
  }
  if (value instanceof Set) {
    const copy = new Set<unknown>();
    for (const item of value) copy.add(copyValue(item, `${path}.values()`, depth));
    return copy;
  }
  const className = (prototype as { constructor?: { name?: string } }).constructor?.name;
  throw new NotTransferableError(path, whatItIs(value, className));
}

function copyRecord(value: object, path: string, depth: number): object {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    measuredBytes += key.length + 1;
    const part = copyValue((value as Record<string, unknown>)[key], memberPath(path, key), depth);
    if (key === "__proto__") defineInert(copy, part);
    else copy[wellFormed(key)] = part;
  }
  const [symbol] = Object.getOwnPropertySymbols(value);
  if (symbol !== undefined) throw new NotTransferableError(memberPath(path, String(symbol)), "named by a symbol");
  return copy;
}

/** A message's copy; its id and timestamp stay. */
function copyMessage(message: Msg, prefix: string, depth: number): Msg {
  measuredBytes += 90 + message.name.length;
  return Msg.restore({
    id: message.id,
    name: wellFormed(message.name),
    role: message.role,
    content: copyValue(message.content, `${prefix}content`, depth),
    url: copyValue(message.url, `${prefix}url`, depth) as string | undefined,
    metadata: copyValue(message.metadata, `${prefix}metadata`, depth),
    timestamp: message.timestamp,
  });
}

/** Half a surrogate pair has no bytes in UTF-8: a local agent must not see what a remote one can't. */
function wellFormed(text: string): string {
  // Every Node that runs this has both; the compiler's library does not know them yet.
  const unicode = text as unknown as { isWellFormed(): boolean; toWellFormed(): string };
  return unicode.isWellFormed() ? text : unicode.toWellFormed();
}

function memberPath(path: string, key: string): string {
  const name = /^[A-Za-z_$][\w$]*$/.test(key);
  if (path === "") return key;
  return name ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

/** A map's key in a path; an object's own `toString` is not asked: it may be data, or throw. */
function labelOf(key: unknown): string {
  if (typeof key === "string") return JSON.stringify(key);
  return (typeof key === "object" && key !== null) || typeof key === "function" ? "[object]" : String(key);
}

/** A `__proto__` key as data: assigning it would change the object's prototype instead. */
function defineInert(target: object, value: unknown): void {
  Object.defineProperty(target, "__proto__", { value, enumerable: true, configurable: true, writable: true });
}

/** What a placeholder or an agent becomes on one connection, and back. */
export interface ReferenceCodec {
  exportResult(result: CallResult<unknown>): unknown;
  exportAgent(agent: object): unknown;
  /** A message's `url`: a file of this machine as one that the receiver can fetch. */
  exportUrl(url: string): string | RemoteFile;
  /** A message has come with this text as its `url`. */
  receivedUrl?(url: string): void;
  /** A file of another machine; without an address one of the sender's. */
  importFile(address: string, path: string, realm: string): RemoteFile | string;
  importResult(reference: unknown): unknown;
  importAgent(reference: unknown): unknown;
}

type Tag = "msg" | "file" | "map" | "set" | "bytes" | "behind" | "record" | "result" | "agent";

/** What MessagePack has no type for. */
class Tagged {
  constructor(
    readonly tag: Tag,
    readonly data: unknown,
  ) {}
}

/**
 * A snapshot in the form that {@link packFrame} takes; the same object where nothing in it needs another form.
 */
export function toWire(value: unknown, references: ReferenceCodec): unknown {
  if (typeof value === "function") return new Tagged("agent", references.exportAgent(value));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined;
    for (let index = 0; index < value.length; index++) {
      const part: unknown = value[index];
      const wired = toWire(part, references);
      if (wired !== part) (copy ??= value.slice())[index] = wired;
    }
    return copy ?? value;
  }
  if (value instanceof Msg) {
    return new Tagged("msg", [
      value.id,
      value.name,
      value.role,
      toWire(value.content, references),
      urlToWire(value.url, references),
      toWire(value.metadata, references),
      value.timestamp,
    ]);
  }
  if (value instanceof Uint8Array) return bytesToWire(value);
  if (value instanceof Map) {
    return new Tagged(
      "map",
      [...value].map(([key, item]) => [toWire(key, references), toWire(item, references)]),
    );
  }
  if (value instanceof Set) {
    return new Tagged(
      "set",
      [...value].map((item) => toWire(item, references)),
    );
  }
  if (value instanceof CallResult) return new Tagged("result", references.exportResult(value));
  if (agentBrand in value) return new Tagged("agent", references.exportAgent(value));
  return recordToWire(value as Record<string, unknown>, references);
}

function bytesToWire(bytes: Uint8Array): Tagged {
  const isBehind = bytes.length >= largeBytes && putBehind(bytes);
  return isBehind ? new Tagged("behind", bytes.length) : new Tagged("bytes", bytes);
}

/** A message's `url` in its form for the wire. */
export function urlToWire(url: unknown, references: ReferenceCodec): unknown {
  if (Array.isArray(url)) return url.map((item) => urlToWire(item, references));
  const exported = typeof url === "string" ? references.exportUrl(url) : url;
  return exported instanceof RemoteFile
    ? new Tagged("file", [exported.address, exported.path, exported.realm])
    : exported;
}

function recordToWire(value: Record<string, unknown>, references: ReferenceCodec): unknown {
  if (Object.hasOwn(value, "__proto__")) {
    return new Tagged(
      "record",
      Object.entries(value).map(([key, item]) => [key, toWire(item, references)]),
    );
  }
  let copy: Record<string, unknown> | undefined;
  for (const key in value) {
    const part = value[key];
    const wired = toWire(part, references);
    if (wired !== part) (copy ??= { ...value })[key] = wired;
  }
  return copy ?? value;
}

let decodingReferences: ReferenceCodec | undefined;

function fromTagged(tag: Tag, data: unknown): unknown {
  switch (tag) {
    case "msg":
      return messageFromFields(data as unknown[]);
    case "file": {
      const [address, path, realm = ""] = data as unknown[];
      if (typeof address !== "string" || typeof path !== "string") throw new RangeError("a file lacks address or path");
      return decodingReferences?.importFile(address, path, String(realm));
    }
    case "map":
      return new Map(data as [unknown, unknown][]);
    case "set":
      return new Set(data as unknown[]);
    case "bytes": {
      const bytes = data as Uint8Array;
      return bytes.length < largeBytes
        ? Uint8Array.from(bytes)
        : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    case "behind":
      return takeBehind(data);
    case "record": {
      const record: Record<string, unknown> = {};
      for (const [key, item] of data as [string, unknown][]) {
        if (key === "__proto__") defineInert(record, item);
        else record[key] = item;
      }
      return record;
    }
    case "result":
      return decodingReferences?.importResult(data);
    case "agent":
      return decodingReferences?.importAgent(data);
    default:
      throw new RangeError(`unknown kind of value ${String(tag satisfies never)}`);
  }
}

function messageFromFields(fields: unknown[]): Msg {
  const [id, name, role, content, url, metadata, timestamp] = fields;
  if (typeof id !== "string" || typeof timestamp !== "string") throw new RangeError("a message lacks id or timestamp");
  if (decodingReferences !== undefined) noteUrl(url, decodingReferences);
  return Msg.restore({ id, name, role, content, url, metadata, timestamp } as MsgRecord);
}

/** Tells of each text among the urls of a message that has come. */
export function noteUrl(url: unknown, references: ReferenceCodec): void {
  if (Array.isArray(url)) for (const item of url) noteUrl(item, references);
  else if (typeof url === "string") references.receivedUrl?.(url);
}

/** Its number among MessagePack's types. */
export const taggedType = 0x61;

addExtension({
  Class: Tagged,
  type: taggedType,
  write: (tagged: Tagged) => [tagged.tag, tagged.data],
  read: ([tag, data]: [Tag, unknown]) => fromTagged(tag, data),
});

const format = { useRecords: false, variableMapSize: true, useBigIntExtension: true, structuredClone: false };

// A key `toJSON` is data.
const packr = new Packr({ ...format, useToJSON: false });

// Decoding a record type compiles code from received key names: the list of known types can't grow, so that one ends in an error.
const recordTypes: object[] = [];
const unpackr = new Unpackr({ ...format, structures: recordTypes });
Object.freeze(recordTypes);

/** Bytes of wire values; valid until the next call, copy them before. */
export function packValue(value: unknown): Uint8Array {
  return packr.pack(value);
}

/**
 * Wire values from bytes. Placeholders and agents in them are made by `references`.
 *
 * @throws InvalidArgumentError when the bytes are damaged, or nested too deeply.
 */
export function unpackValue(bytes: Uint8Array, references: ReferenceCodec): unknown {
  const outer = decodingReferences;
  decodingReferences = references;
  try {
    const value: unknown = unpackr.unpack(bytes);
    checkData(value, maxDepth + frameDepth);
    return value;
  } catch (cause) {
    throw new InvalidArgumentError(`received bytes that can't be decoded: ${(cause as Error).message}`, { cause });
  } finally {
    decodingReferences = outer;
  }
}

function whatItIs(value: object, className: string | undefined): string {
  if (typeof (value as { then?: unknown }).then === "function") return "a promise (await it first)";
  return className ? `an instance of ${className}` : "an object with a prototype of its own";
}
