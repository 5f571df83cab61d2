import { once } from "node:events";
import { chmodSync } from "node:fs";
import { createServer, type ListenOptions, type Server, type Socket } from "node:net";
import { isLoopback } from "../http/hosts.js";
import type { Connections } from "./connections.js";
import type { Origin } from "./peer.js";

/** After which silence the kernel asks whether the other end is there. */
const keepAliveMs = 10_000;

/**
 * Listens on a Unix socket, which nobody else can connect to, or a named pipe.
 *
 * @throws what the system says, such as EADDRINUSE.
 */
export async function listenOnPipe(path: string, connections: Connections): Promise<Server> {
  const server = createServer((socket) => accept(socket, connections));
  await listening(server, { path });
  if (process.platform !== "win32") chmodSync(path, 0o600);
  return server;
}

/**
 * Listens for JSON-RPC on a TCP port of loopback.
 *
 * @throws what the system says, such as EADDRINUSE.
 */
export async function listenOnPort(port: number, connections: Connections): Promise<Server> {
  const server = createServer((socket) => accept(socket, connections));
  await listening(server, { host: "127.0.0.1", port });
  return server;
}

/** @throws what the system says, such as EADDRINUSE. */
export async function listening(server: Server, options: ListenOptions): Promise<void> {
  server.listen(options);
  await once(server, "listening");
}

/** Takes a socket that JSON-RPC is spoken on. */
export function accept(
  socket: Socket,
  connections: Connections,
  { reachedHost = "127.0.0.1", isCertified = false }: { reachedHost?: string | undefined; isCertified?: boolean } = {},
): void {
  keepOpen(socket);
  const origin = { ...originOf(socket, reachedHost), ...(isCertified && { isCertified }) };
  connections.accept({ readable: socket, writable: socket }, origin);
}

/** For a conversation that may be silent for long. */
export function keepOpen(socket: Socket): void {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAliveMs);
  socket.setTimeout(0);
}

export function originOf(socket: Socket, reachedHost: string): Origin {
  const { remoteAddress, localAddress, remotePort } = socket;
  if (remoteAddress === undefined) return { name: "pipe", isLocal: true, reachedHost };
  const isLocal = isLoopback(remoteAddress) || remoteAddress === localAddress;
  return { name: `${remoteAddress}:${remotePort}`, isLocal, reachedHost };
}
