import { existsSync } from "node:fs";
import type { RpcAgentClient } from "../client/rpcAgentClient.js";
import type { Msg } from "../messages/msg.js";
import type { PlaceholderReference } from "./placeholderReference.js";

const maxWaitMs = 300_000;

/**
 * Asks the server of a placeholder for its message, and waits for it, at most 300 s. A `url` that names a file of that
 * server's machine is downloaded, as Python's placeholders do. Our own token stays here: the address came from a caller.
 */
export async function fetchPlaceholder({ host, port, taskId }: PlaceholderReference): Promise<Msg | null> {
  const { RpcAgentClient: Client } = await import("../client/rpcAgentClient.js");
  const client = new Client({ host, port });
  try {
    const message = await client.updatePlaceholder(taskId, { timeoutMs: maxWaitMs });
    if (message === undefined) return null;
    message.url = await localUrl(message.url, client);
    return message;
  } finally {
    client.close();
  }
}

async function localUrl(
  url: string | string[] | undefined,
  client: RpcAgentClient,
): Promise<string | string[] | undefined> {
  if (url === undefined) return undefined;
  if (Array.isArray(url)) return Promise.all(url.map((item) => localFile(item, client)));
  return localFile(url, client);
}

/** What is no file there either stays as it is. */
async function localFile(url: string, client: RpcAgentClient): Promise<string> {
  if (/^[a-z][a-z\d+.-]+:/i.test(url) || existsSync(url)) return url;
  return client.downloadFile(url).catch(() => url);
}
