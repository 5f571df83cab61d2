import { connect } from "node:net";
import { pipeline } from "node:stream";
import { upgradedSocket } from "./dialStudio.js";
import { tunnelPath, tunnelUpgrade } from "./studioAddress.js";
import type { StudioLine } from "./studioLine.js";

/**
 * Opens a tunnel that a daemon has asked for, and leads it to a port here. Bytes pass as they are, at the speed of the slower end.
 * One that can't be opened is missed by its caller alone: the daemon closes that one's connection.
 */
export async function connectTunnel(line: StudioLine, tunnelId: string, localPort: number): Promise<void> {
  const { url, token } = line.address;
  const request = { protocol: tunnelUpgrade, token, signal: line.ended, held: true };
  const tunnel = await upgradedSocket(new URL(tunnelPath + encodeURIComponent(tunnelId), url), request);
  const local = connect(localPort, "127.0.0.1");
  local.setNoDelay(true);
  // Each destroys both where one end fails.
  pipeline(tunnel, local, () => {});
  pipeline(local, tunnel, () => {});
}
