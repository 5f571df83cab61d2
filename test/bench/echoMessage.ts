/**
 * The content of the message that is echoed. With a message's other fields (id, name, role, timestamp) it makes about 200
 * bytes of JSON, for the yardstick and for us.
 */
export const echoText = "The quick brown fox jumps over the lazy dog, and is home for tea.";

/** The same message as the yardstick sends it: the fields of a `Msg`, and no class. */
export interface PlainMessage {
  readonly id: string;
  readonly name: string;
  readonly content: string;
  readonly role: "user";
  readonly timestamp: string;
  readonly url: null;
  readonly metadata: null;
}

export const plainMessage: PlainMessage = {
  id: "0f9c7a1e8d2b4c6f9a3e5d7b1c2f4a68",
  name: "main",
  content: echoText,
  role: "user",
  timestamp: "2025-01-31 12:34:56",
  url: null,
  metadata: null,
};
