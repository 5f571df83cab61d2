import type { newWebSocketRpcSession } from "capnweb";
import { WebSocket } from "ws";

type BrowserSocket = Exclude<Parameters<typeof newWebSocketRpcSession>[0], string>;

// Capnweb reads the names of a socket's states there, and Node 20 has none.
if (!("WebSocket" in globalThis)) Object.assign(globalThis, { WebSocket });

/** The sockets of `ws` have what capnweb uses of a browser's; their types say it in other words. */
export function asBrowserSocket(socket: WebSocket): BrowserSocket {
  return socket as unknown as BrowserSocket;
}
