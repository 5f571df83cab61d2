import type { MessageConnection } from "vscode-jsonrpc/node";
import { StudioError } from "../errors.js";
import { type StreamEvent, subscribe, subscriptionEvent, type Topic } from "../protocol/index.js";

/**
 * Watches a topic on a connection that watches nothing else.
 *
 * @returns ends when the topic or the connection does; with the reason of the topic.
 * @throws StudioError when it can't be watched.
 */
export async function watching(
  connection: MessageConnection,
  topic: Topic,
  onEvent: (event: StreamEvent) => void,
): Promise<{ ended: Promise<string | undefined> }> {
  const ended = new Promise<string | undefined>((resolve) => {
    connection.onClose(() => resolve(undefined));
    connection.onNotification(subscriptionEvent, ({ event }) => {
      if (event.kind === "ended") resolve(event.reason);
      else onEvent(event);
    });
  });
  try {
    await connection.sendRequest(subscribe, topic);
  } catch (error) {
    throw StudioError.from(error);
  }
  return { ended };
}
