import type { ServerAccess } from "../link/serverAccess.js";
import { settings } from "../orchestration/settings.js";
import type { RemoteFile } from "../messages/remoteFile.js";

/** Fetches a file that a message names from the server where the message was made; gives the path of the copy. */
export async function fetchRemoteFile({ path }: RemoteFile, access: ServerAccess): Promise<string> {
  const { RpcAgentClient } = await import("./rpcAgentClient.js");
  const { address, token, tls } = access;
  const colon = address.lastIndexOf(":");
  await using client = new RpcAgentClient({
    host: address.slice(0, colon),
    port: Number(address.slice(colon + 1)),
    ...(token !== undefined && { token }),
    ...(tls !== undefined && { tls }),
  });
  return await client.downloadFile(path, settings.saveDir === undefined ? {} : { saveDir: settings.saveDir });
}
