import type { PlainMessage } from "../echoMessage.js";

/** What the worker thread of piscina does. */
export function echo(message: PlainMessage): PlainMessage {
  return message;
}
