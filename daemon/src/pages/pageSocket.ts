import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { WebSocketServer } from "ws";
import { hostIn, isLoopback } from "../http/hosts.js";
import type { ConnectionEnds } from "../http/peerUser.js";
import type { Site } from "../http/site.js";
import type { Connections } from "../wire/connections.js";
import { keepOpen, originOf } from "../wire/listeners.js";
import { WebSocketStream } from "../wire/webSocketStream.js";
import type { PageSessions } from "./pageSessions.js";

/** The largest message of a page: it asks, and sends nothing large. */
const maxPageMessageBytes = 64 * 2 ** 10;

export interface PageSocketOptions {
  site: Site;
  sessions: PageSessions;
  connections: Connections;
  isOwnUser: (socket: ConnectionEnds) => boolean;
}

/**
 * The pages' way to the daemon: JSON-RPC over a WebSocket.
 *
 * A browser lets any page open a WebSocket to any host. So `Origin`, which no page chooses, must be that of our own pages, beside the
 * session: a cookie is sent for pages of all ports of this host.
 */
export class PageSocket {
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: maxPageMessageBytes,
    perMessageDeflate: false,
  });

  constructor(private readonly options: PageSocketOptions) {}

  /** What an upgrade is answered with: 101 when it is to be accepted. */
  statusOf({ headers, socket }: IncomingMessage): 101 | 401 | 403 | 426 {
    const { site, sessions, isOwnUser } = this.options;
    if (!site.isNamedBy(headers.host) || !site.isOwnPage(headers.origin, headers.host)) return 403;
    if (headers.upgrade?.toLowerCase() !== "websocket") return 426;
    if (!sessions.holds(headers.cookie)) return 401;
    // Another user's server on another port of this machine is sent the cookie, too, by who looks at its pages.
    if (isLoopback(socket.remoteAddress ?? "") && !isOwnUser(socket)) return 401;
    return 101;
  }

  accept(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { connections } = this.options;
    const origin = originOf(socket, hostIn(request.headers.host) ?? "");
    keepOpen(socket);
    this.server.handleUpgrade(request, socket, head, (webSocket) => {
      const stream = new WebSocketStream(webSocket);
      connections.accept({ readable: stream, writable: stream }, { ...origin, isPage: true });
    });
  }
}
