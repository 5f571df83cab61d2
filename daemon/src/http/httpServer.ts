import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import type { AddressInfo } from "node:net";
import { StudioError } from "../errors.js";
import { listening } from "../wire/listeners.js";
import type { HttpEnv } from "./httpEnv.js";
import type { ServerTls } from "./serverTls.js";

const defaultPort = 5000;

/** How long a client has to send its request. */
const requestTimeoutMs = 30_000;

/** How long one has to agree on an encryption. */
const handshakeTimeoutMs = 10_000;

/** @param options `maxConnections`: further ones are dropped at once; `tls`: without it nothing is encrypted */
export function createHttpServer(
  app: Hono<HttpEnv>,
  { maxConnections, tls }: { maxConnections: number; tls: ServerTls | undefined },
): Server {
  const listener = getRequestListener(app.fetch);
  const answer: RequestListener = (request, response) => void listener(request, response);
  const limits = {
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs / 2,
    connectionsCheckingInterval: 5000,
  };
  const server =
    tls === undefined ? createServer(limits, answer) : createTlsServer({ ...limits, ...secured(tls) }, answer);
  server.maxConnections = maxConnections;
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
    const status = error.code === "HPE_HEADER_OVERFLOW" ? "431 Request Header Fields Too Large" : "400 Bad Request";
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  return server;
}

function secured({ cert, key, ca }: ServerTls) {
  const wanted = ca !== undefined && { ca, requestCert: true, rejectUnauthorized: true };
  return { cert, key, ...wanted, minVersion: "TLSv1.2" as const, handshakeTimeout: handshakeTimeoutMs };
}

/**
 * Listens on the port that was asked for; else where the last daemon did, since scripts and servers look for it there, else on the usual
 * one, else on any.
 *
 * @throws StudioError when the port that was asked for is taken.
 */
export async function listenOnAnyOf(
  server: Server,
  { host, port, lastPort }: { host: string; port: number | undefined; lastPort: number | undefined },
): Promise<number> {
  const choices = port === undefined ? [lastPort ?? defaultPort, defaultPort, 0] : [port];
  for (const [index, choice] of choices.entries()) {
    try {
      await listening(server, { host, port: choice });
      return (server.address() as AddressInfo).port;
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      const isTaken = code === "EADDRINUSE" || code === "EACCES";
      if (isTaken && index + 1 < choices.length) continue;
      throw StudioError.refused(
        isTaken
          ? `port ${choice} of ${host} is taken: give another as --port, or leave it out`
          : `the daemon can't listen on ${host}: ${message}`,
        cause,
      );
    }
  }
  throw StudioError.refused(`there is no free port on ${host}`);
}
