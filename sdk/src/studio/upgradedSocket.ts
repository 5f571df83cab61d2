import type { Socket } from "node:net";
import { readPem } from "../access/readPem.js";
import type { ClientTls } from "../link/grpcClient.js";

/** How long a daemon may take to answer, in milliseconds. */
export const answerMs = 5000;

export interface UpgradeOptions {
  /** What is to be spoken on the connection. */
  protocol: string;
  /** The daemon's; undefined where it is shown later. */
  token?: string | undefined;
  /** For https; undefined: what Node trusts. */
  tls?: ClientTls | undefined;
  signal: AbortSignal;
  /** Whether it keeps the process alive meanwhile. */
  held: boolean;
}

/**
 * A raw connection to a daemon, which an HTTP request on its port asks for.
 *
 * @throws InvalidArgumentError for a certificate that can't be read; whatever the system says where there is no daemon.
 */
export async function upgradedSocket(url: URL, options: UpgradeOptions): Promise<Socket> {
  const { protocol, token, tls, signal, held } = options;
  // Most programs need but one of them.
  const { request: open } = url.protocol === "https:" ? await import("node:https") : await import("node:http");
  const certificates = url.protocol === "https:" ? await certificatesOf(tls) : {};
  return new Promise((resolve, reject) => {
    const request = open(url, {
      ...certificates,
      agent: false,
      signal,
      headers: {
        connection: "Upgrade",
        upgrade: protocol,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
    });
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${answerMs} ms`)), answerMs);
    if (!held) timer.unref();
    request.on("socket", (socket) => {
      if (!held) socket.unref();
    });
    request.once("upgrade", (_response, socket: Socket, head: Buffer) => {
      clearTimeout(timer);
      if (head.length > 0) socket.unshift(head);
      socket.setNoDelay(true);
      resolve(socket);
    });
    request.once("response", (response) => {
      request.destroy(new Error(`what listens there is no daemon of this kind (HTTP ${response.statusCode})`));
    });
    request.on("error", reject);
    request.once("close", () => clearTimeout(timer));
    request.end();
  });
}

async function certificatesOf(tls: ClientTls = {}): Promise<{ ca?: Buffer; cert?: Buffer; key?: Buffer }> {
  const [ca, cert, key] = await Promise.all([
    readPem("tls.ca", tls.ca),
    readPem("tls.cert", tls.cert),
    readPem("tls.key", tls.key),
  ]);
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}
