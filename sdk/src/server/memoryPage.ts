import { jsonValue } from "../management/jsonValue.js";
import type { Msg } from "../messages/msg.js";
import { TemporaryMemory } from "../messages/temporaryMemory.js";
import type { HostedAgent } from "../runtime/hostedAgent.js";
import type { MemoryPage, MemoryRequest, MessageRecord } from "../studio/protocol.js";

/** A page has so many messages at most, and ends after the message with which it is larger than this. */
const maxMessages = 500;
const maxPageChars = 4 * 1024 * 1024;
/** Of a message that is longer than this only the beginning is shown. */
const maxMessageChars = 512 * 1024;
const shownChars = 64 * 1024;

/** What an agent remembers; undefined where it has no memory of this kind, or is not made yet. */
export function memoryOfAgent({ instance }: HostedAgent): TemporaryMemory | undefined {
  const { memory } = (instance ?? {}) as { memory?: unknown };
  return memory instanceof TemporaryMemory ? memory : undefined;
}

/** Some of the messages, as they are shown. */
export function memoryPage(memory: TemporaryMemory | undefined, { offset, limit }: MemoryRequest): MemoryPage {
  const page: MemoryPage = { total: memory?.size ?? 0, generation: memory?.generation ?? 0, messages: [] };
  if (memory === undefined) return page;
  let chars = 0;
  for (const message of memory.slice(offset, offset + Math.min(limit, maxMessages))) {
    const { record, size } = recordOf(message);
    page.messages.push(record);
    chars += size;
    if (chars > maxPageChars) break;
  }
  return page;
}

function recordOf({ id, name, role, content, url, metadata, timestamp }: Msg): { record: MessageRecord; size: number } {
  const shown = shownValue(content);
  const more = shownValue(metadata);
  const record: MessageRecord = { id, name, role, content: shown.value, timestamp };
  if (url !== undefined && url !== null) record.url = shownValue(url).value;
  if (metadata !== undefined && metadata !== null) record.metadata = more.value;
  return { record, size: shown.size + more.size };
}

function shownValue(value: unknown): { value: unknown; size: number } {
  const json = jsonValue(value, { unwritable: (_, what) => `<${what}>` });
  const text = typeof json === "string" ? json : JSON.stringify(json);
  if (text.length <= maxMessageChars) return { value: json, size: text.length };
  const rest = text.length - shownChars;
  return { value: `${text.slice(0, shownChars)} … (and ${rest} more characters)`, size: shownChars };
}
