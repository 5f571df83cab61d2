import { STATUS_CODES, type IncomingMessage, type Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { rpcPath, rpcUpgrade, tunnelPath, tunnelUpgrade } from "agentscope-distributed/studio";
import { hostIn } from "../http/hosts.js";
import type { Site } from "../http/site.js";
import type { PageSocket } from "../pages/pageSocket.js";
import { socketPath } from "../pages/pagePaths.js";
import type { Connections } from "./connections.js";
import { accept } from "./listeners.js";
import { isSameSecret } from "./secret.js";

/** Takes a socket that a server has opened for somebody who wants to speak to it; false when nobody wants to. */
export type TakeTunnel = (tunnelId: string, socket: Socket) => boolean;

interface UpgradeOptions {
  site: Site;
  token: string;
  connections: Connections;
  takeTunnel: TakeTunnel;
  pages: PageSocket;
}

/** Scripts and agent servers, which know the daemon's url alone, and pages ask HTTP for another protocol. */
export function answerUpgrades(server: Server, options: UpgradeOptions): void {
  server.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const socket = stream as Socket;
    socket.on("error", () => socket.destroy());
    const { pages, site } = options;
    const isPages = request.url === socketPath;
    const status = isPages ? pages.statusOf(request) : statusOf(request, options);
    if (status !== 101) return refuse(socket, status);
    if (isPages) return pages.accept(request, socket, head);
    const { pathname } = new URL(request.url ?? "/", "http://daemon");
    const isTunnel = pathname.startsWith(tunnelPath);
    if (isTunnel) socket.pause();
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${isTunnel ? tunnelUpgrade : rpcUpgrade}\r\n\r\n`,
    );
    if (head.length > 0) socket.unshift(head);
    const reachedHost = hostIn(request.headers.host);
    const { certificateIsEnough } = site;
    if (!isTunnel) accept(socket, options.connections, { reachedHost, isCertified: certificateIsEnough });
    else if (!options.takeTunnel(decodeURIComponent(pathname.slice(tunnelPath.length)), socket)) socket.end();
  });
}

function statusOf({ headers, url = "/" }: IncomingMessage, { site, token }: UpgradeOptions): number {
  // No page has a use for these, and a page can't leave the header out.
  if (headers.origin !== undefined || !site.isNamedBy(headers.host)) return 403;
  if (!URL.canParse(url, "http://daemon")) return 400;
  const { pathname } = new URL(url, "http://daemon");
  const wanted = headers.upgrade?.toLowerCase();
  if (pathname === rpcPath) return wanted === rpcUpgrade ? 101 : 426;
  if (!/^\/tunnel\/[\w-]{1,100}$/.test(pathname)) return 404;
  if (wanted !== tunnelUpgrade) return 426;
  if (site.certificateIsEnough) return 101;
  return isSameSecret(/^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1], token) ? 101 : 401;
}

function refuse(socket: Socket, status: number): void {
  const body = JSON.stringify({ status: "error", message: `${STATUS_CODES[status]}` });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
