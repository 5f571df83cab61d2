import { InvalidArgumentError } from "../errors.js";
import { Msg, type Role } from "../messages/msg.js";
import { jsonValue, messageModule, placeholderModule } from "./jsonValue.js";
import { PlaceholderReference } from "./placeholderReference.js";

/** What an agent is given: a message or a list of them; in JSON of AgentScope also placeholders, for messages to come. */
export type JsonInput = Msg | PlaceholderReference | (Msg | PlaceholderReference)[] | null;

const messageKeys = ["__module__", "__name__", "content", "id", "metadata", "name", "role", "timestamp", "url"];
const maxDepth = 256;

/**
 * The JSON of AgentScope 0.1 of a message, a placeholder, a list of them, or `null` for none. What a message's content
 * holds beyond JSON is written as {@link jsonValue} says.
 * @throws NotTransferableError for content that has no JSON form
 */
export function writeMessageJson(input: JsonInput | undefined): string {
  return JSON.stringify(jsonValue(input, { name: Array.isArray(input) ? "messages" : "message" }));
}

/** The JSON of an agent's memory. What has no JSON form is named in its place, since the rest can still be read. */
export function writeMemoryJson(messages: Msg[]): string {
  return JSON.stringify(jsonValue(messages, { unwritable: (_, what) => `<${what}>` }));
}

/**
 * Reads AgentScope's JSON of messages and placeholders, alone or in a list. Messages and placeholders inside of content
 * are restored as well; every other object is data, whatever its keys say.
 * @throws InvalidArgumentError for what is no JSON, or not of that form
 */
export function readMessageJson(text: string): JsonInput {
  const value = restored(parseJson(text), 0);
  if (value === null || isMessage(value)) return value;
  if (Array.isArray(value) && value.every(isMessage)) return value;
  throw new InvalidArgumentError(
    `The JSON holds ${Array.isArray(value) ? "a list with other things than messages" : `a ${typeof value}`}; ` +
      "it must be a message of AgentScope, a list of messages, or null",
  );
}

/** Reads AgentScope's JSON of a list of messages, as of an agent's memory. */
export function readMessageListJson(text: string): Msg[] {
  const value = readMessageJson(text);
  if (Array.isArray(value) && value.every((item) => item instanceof Msg)) return value;
  throw new InvalidArgumentError("The JSON is no list of messages");
}

function isMessage(value: unknown): value is Msg | PlaceholderReference {
  return value instanceof Msg || value instanceof PlaceholderReference;
}

/** Python writes NaN and the infinities bare, which JSON has not: `null` for NaN, and a number too large for the others. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const repaired = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|NaN|Infinity/g, (token) => {
      if (token === "NaN") return "null";
      return token === "Infinity" ? "1e999" : token;
    });
    if (repaired === text) throw new InvalidArgumentError(`This is no JSON: ${String(error)}`, { cause: error });
    return parseJson(repaired);
  }
}

function restored(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth >= maxDepth) throw new InvalidArgumentError(`The JSON is more than ${maxDepth} levels deep`);
  if (Array.isArray(value)) return value.map((item) => restored(item, depth + 1));
  const fields = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, restored(item, depth + 1)]));
  const kind = `${String(fields.__module__)}:${String(fields.__name__)}`;
  if (kind === `${messageModule}:Msg`) return restoredMessage(fields);
  if (kind === `${placeholderModule}:PlaceholderMessage`) return restoredPlaceholder(fields);
  return fields;
}

function restoredMessage(fields: Record<string, unknown>): Msg {
  const keys = Object.keys(fields).sort();
  if (keys.join() !== messageKeys.join()) {
    throw new InvalidArgumentError(
      `A message's JSON has the keys ${keys.join(", ")}; it must have ${messageKeys.join(", ")}`,
    );
  }
  const { id, name, content, role, url, metadata, timestamp } = fields;
  if (typeof id !== "string" || typeof name !== "string" || typeof timestamp !== "string") {
    throw new InvalidArgumentError("A message's id, name and timestamp must be strings");
  }
  if (!isUrl(url)) throw new InvalidArgumentError("A message's url must be a string, a list of strings, or null");
  try {
    return Msg.restore({
      ...{ id, name, content, timestamp },
      role: role as Role,
      url: url ?? undefined,
      metadata: metadata ?? undefined,
    });
  } catch (error) {
    throw new InvalidArgumentError(String(error), { cause: error });
  }
}

function isUrl(url: unknown): url is string | string[] | null {
  if (Array.isArray(url)) return url.every((item) => typeof item === "string");
  return url === null || typeof url === "string";
}

function restoredPlaceholder(fields: Record<string, unknown>): PlaceholderReference {
  const { _host: host, _port: port, _task_id: taskId } = fields;
  if (
    typeof host !== "string" ||
    typeof port !== "number" ||
    (typeof taskId !== "number" && typeof taskId !== "string")
  ) {
    throw new InvalidArgumentError("A placeholder's JSON must have _host (string), _port and _task_id (integers)");
  }
  return new PlaceholderReference({ host, port, taskId });
}
