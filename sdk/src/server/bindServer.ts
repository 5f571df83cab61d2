import { readFileSync } from "node:fs";
import type { Server, ServerCredentials } from "@grpc/grpc-js";
import { type AgentScopeError, asError, InvalidArgumentError } from "../errors.js";
import { decodeControl } from "../link/control.js";
import { decodeFrame } from "../link/frame.js";
import type { ClientTls } from "../link/grpcClient.js";
import { callerKeepaliveMs, linkService, maxFrameBytes } from "../link/linkService.js";
import { formatAddress, isLoopback } from "../link/peer.js";
import { refusalOf } from "../management/authenticate.js";
import { managementService } from "../management/managementService.js";
import type { ManagedServer } from "../management/managedServer.js";
import { rpcAgentService } from "../management/rpcAgentProto.js";
import type { InboundStream } from "./inboundLink.js";
import type { Router } from "./router.js";
import type { ServerOptions } from "./serverOptions.js";

/** Opens the port with both services on it: the link, and AgentScope 0.1's management service. */
export async function bindServer(
  options: ServerOptions,
  { router, managed }: { router: Router; managed: ManagedServer },
): Promise<{ grpc: Server; port: number }> {
  const { Server, ServerCredentials, status } = await import("../link/grpc.js");
  const idleMs = options.limits.idleConnectionSeconds * 1000;
  const grpc = new Server({
    "grpc.max_send_message_length": maxFrameBytes,
    "grpc.max_receive_message_length": maxFrameBytes,
    "grpc.keepalive_time_ms": callerKeepaliveMs,
    "grpc.keepalive_timeout_ms": callerKeepaliveMs,
    "grpc.keepalive_permit_without_calls": 1,
    // From the moment that it is accepted: who connects and says nothing keeps a descriptor no longer.
    "grpc.max_connection_idle_ms": idleMs,
  });
  grpc.addService(linkService, {
    open(stream: InboundStream) {
      const refusal = refusalOf(stream.metadata, options.token, "call");
      if (refusal !== undefined) {
        stream.emit("error", refusal);
        return;
      }
      stream.on("error", () => {});
      const silent = setTimeout(() => {
        const details = `nothing was said within ${idleMs / 1000} s (--idle-connection-seconds)`;
        stream.emit("error", { code: status.DEADLINE_EXCEEDED, details });
      }, idleMs).unref();
      stream.once("close", () => clearTimeout(silent));
      stream.once("data", (bytes: Buffer) => {
        clearTimeout(silent);
        try {
          const hello = decodeControl(decodeFrame(bytes).body);
          if (hello.type !== "hello") throw new InvalidArgumentError("a stream begins with hello");
          router.accept(stream, hello);
        } catch (thrown) {
          const { message, code } = thrown as AgentScopeError;
          const answer = code === "LIMIT_EXCEEDED" ? status.RESOURCE_EXHAUSTED : status.INVALID_ARGUMENT;
          stream.emit("error", { code: answer, details: message });
        }
      });
    },
  });
  const { token, maxPoolSize, maxTimeoutSeconds } = options;
  let listening = 0;
  const isSelf = (host: string, at: number) => at === listening && (isLoopback(host) || host === options.host);
  grpc.addService(rpcAgentService, managementService(managed, { token, maxPoolSize, maxTimeoutSeconds, isSelf }));
  const credentials = serverCredentials(options.tls, ServerCredentials);
  const port = await new Promise<number>((resolve, reject) => {
    grpc.bindAsync(formatAddress(options.host, options.port), credentials, (error, bound) => {
      if (error === null) resolve(bound);
      else reject(bindError(error, options));
    });
  });
  listening = port;
  return { grpc, port };
}

function serverCredentials(tls: ClientTls | undefined, Credentials: typeof ServerCredentials): ServerCredentials {
  if (tls?.cert === undefined || tls.key === undefined) return Credentials.createInsecure();
  const pair = { cert_chain: readPem("tls cert", tls.cert), private_key: readPem("tls key", tls.key) };
  const ca = tls.ca === undefined ? null : readPem("tls ca", tls.ca);
  return Credentials.createSsl(ca, [pair], ca !== null);
}

function readPem(what: string, pemOrPath: string): Buffer {
  if (pemOrPath.includes("-----BEGIN")) return Buffer.from(pemOrPath);
  try {
    return readFileSync(pemOrPath);
  } catch (cause) {
    throw new InvalidArgumentError(`${what}: ${pemOrPath} can't be read: ${(cause as Error).message}`, { cause });
  }
}

/** Why a port can't be had, and what to do. */
function bindError(thrown: unknown, { host, port }: ServerOptions): AgentScopeError {
  const cause = asError(thrown);
  const address = formatAddress(host, port);
  if (/EADDRINUSE/.test(cause.message)) {
    return new InvalidArgumentError(
      `port ${port} of ${host} is in use: another agent server or program listens there. Choose another port, or 0 for any free one`,
      { cause },
    );
  }
  return new InvalidArgumentError(
    `can't listen on ${address}: ${cause.message}. Is ${host} an address of this machine?`,
    { cause },
  );
}
