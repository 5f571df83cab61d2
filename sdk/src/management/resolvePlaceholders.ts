import { Msg } from "../messages/msg.js";
import type { JsonInput } from "./messageJson.js";
import { PlaceholderReference } from "./placeholderReference.js";

/**
 * The input with every placeholder replaced by its message, also those inside of content. All are asked at the same
 * time, each once. Where an agent replied nothing, `null` stands inside of content, and nothing in a list of messages.
 * @param fetch gives the message of a placeholder, or `null`
 */
export async function resolvePlaceholders(
  input: JsonInput,
  fetch: (placeholder: PlaceholderReference) => Promise<Msg | null>,
): Promise<Msg | Msg[] | undefined> {
  const messages = new Map<string, Promise<Msg | null>>();
  replaced(input, (placeholder) => {
    const key = placeholderKey(placeholder);
    if (!messages.has(key)) messages.set(key, fetch(placeholder));
    return placeholder;
  });
  // All are awaited before any failure is told: none is left to fail unseen.
  await Promise.allSettled(messages.values());
  const values = new Map<string, Msg | null>();
  for (const [key, message] of messages) values.set(key, await message);
  const resolved = replaced(input, (placeholder) => values.get(placeholderKey(placeholder)) ?? null);
  if (Array.isArray(resolved)) return resolved.filter((item) => item instanceof Msg);
  return resolved instanceof Msg ? resolved : undefined;
}

function placeholderKey({ host, port, taskId }: PlaceholderReference): string {
  return `${taskId}@${host}:${port}`;
}

/** A copy where each placeholder is what `replace` gives; parts without one are copied all the same. */
function replaced(value: unknown, replace: (placeholder: PlaceholderReference) => unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof PlaceholderReference) return replace(value);
  if (value instanceof Msg) {
    const { id, name, role, url, timestamp } = value;
    const content = replaced(value.content, replace);
    const metadata = replaced(value.metadata, replace);
    return Msg.restore({ id, name, role, content, url, metadata, timestamp });
  }
  if (Array.isArray(value)) return value.map((item) => replaced(item, replace));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, replace)]));
}
