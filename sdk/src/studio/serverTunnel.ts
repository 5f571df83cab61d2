import { connect } from "node:net";
import { pipeline } from "node:stream";
import type { AttachableServer } from "./attachableServer.js";
import type { TunnelOrder } from "./protocol.js";
import { tunnelPath, tunnelUpgrade } from "./studioAddress.js";
import type { StudioLine } from "./studioLine.js";
import { upgradedSocket } from "./upgradedSocket.js";

const joinedListeners = 20;

/**
 * Opens a tunnel that a daemon has asked for, and leads it to a server's port. Bytes pass as they are, at the speed of the slower end.
 * One that can't be opened is missed by its caller alone: the daemon closes that one's connection.
 */
export async function connectTunnel(
  line: StudioLine,
  { tunnelId, callerPort }: TunnelOrder,
  server: Pick<AttachableServer, "localPort" | "tunnelled">,
): Promise<void> {
  const { url, token, tls } = line.address;
  const request = { protocol: tunnelUpgrade, token, tls, signal: line.ended, held: true };
  const tunnel = await upgradedSocket(new URL(tunnelPath + encodeURIComponent(tunnelId), url), request);
  const local = connect(server.localPort, "127.0.0.1");
  local.setNoDelay(true);
  local.once("connect", () => {
    const { localPort } = local;
    if (localPort === undefined) return;
    server.tunnelled(localPort, callerPort);
    local.once("close", () => server.tunnelled(localPort, undefined));
  });
  // Two pipelines listen eight times to each socket's end: with what others listen for, Node takes that for a leak.
  for (const socket of [tunnel, local]) socket.setMaxListeners(joinedListeners);
  // Each destroys both where one end fails.
  pipeline(tunnel, local, () => {});
  pipeline(local, tunnel, () => {});
}
