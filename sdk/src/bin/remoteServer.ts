import { RpcAgentClient } from "../client/rpcAgentClient.js";
import { type AccessOptions, accessOf } from "./accessOptions.js";

/** The options of the commands that act on a server by host and port. */
export interface RemoteOptions extends AccessOptions {
  host: string;
  port: number;
}

/** `as-server stop` */
export async function stopServer(options: RemoteOptions): Promise<void> {
  await using client = new RpcAgentClient({ host: options.host, port: options.port, ...accessOf(options) });
  await client.stop();
  process.stderr.write(`agent server ${options.host}:${options.port} is stopped\n`);
}

/** `as-server status`: the server and its agents, as one JSON object on standard output. */
export async function showStatus(options: RemoteOptions): Promise<void> {
  await using client = new RpcAgentClient({ host: options.host, port: options.port, ...accessOf(options) });
  const [server, agents] = await Promise.all([client.getServerInfo(), client.getAgentList()]);
  process.stdout.write(`${JSON.stringify({ host: options.host, port: options.port, ...server, agents }, null, 2)}\n`);
}
