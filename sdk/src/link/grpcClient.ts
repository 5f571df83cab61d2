import type { ChannelCredentials, ChannelOptions, Metadata } from "@grpc/grpc-js";
import { readPem } from "../access/readPem.js";
import { AgentScopeError, AgentServerNotAliveError, asError, InvalidArgumentError } from "../errors.js";
import { lateModule } from "../lateModule.js";

/** Numbers of gRPC's status codes, as far as they are used here. */
export const grpcStatus = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

/** The only import of grpc-js on the client side: it takes some 40 ms, which programs without servers do not pay. */
export const loadGrpc = lateModule(() => import("./grpc.js"));

/** Each one PEM text, or the path of a file with it. */
export interface ClientTls {
  /** Who is trusted to have signed the server's certificate. Without it: what Node trusts. */
  ca?: string;
  /** This client's own certificate and key, for servers that want one; both or none. */
  cert?: string;
  key?: string;
}

/** What a client needs to get in. */
export interface ClientAccess {
  /** The token that the server was started with. */
  token?: string | undefined;
  /** Without it the connection is not encrypted. `{}` trusts what Node trusts. */
  tls?: ClientTls | undefined;
}

/**
 * Credentials of a channel, and the metadata that every call on it carries: gRPC's own call credentials are refused on
 * unencrypted channels, which a token on loopback is fine with.
 * @throws InvalidArgumentError when a file can't be read or holds no PEM
 */
export async function clientCredentials({ token, tls }: ClientAccess): Promise<{
  credentials: ChannelCredentials;
  metadata: Metadata;
}> {
  const { credentials, Metadata } = await loadGrpc();
  const metadata = new Metadata();
  if (token !== undefined) metadata.set("authorization", `Bearer ${token}`);
  if (tls === undefined) return { credentials: credentials.createInsecure(), metadata };
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    throw new InvalidArgumentError("tls: give cert and key both, or none of them");
  }
  const [ca = null, key = null, cert = null] = await Promise.all([
    readPem("tls.ca", tls.ca),
    readPem("tls.key", tls.key),
    readPem("tls.cert", tls.cert),
  ]);
  try {
    return { credentials: credentials.createSsl(ca, key, cert), metadata };
  } catch (error) {
    throw new InvalidArgumentError(`tls: certificate or key can't be used: ${asError(error).message}`, {
      cause: error,
    });
  }
}

/** `host:port`, with brackets around an IPv6 address. */
export function serverAddress(host: string, port: number): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * @param maxMessageBytes the largest message sent or received.
 * @param keepaliveMs how often a connection with calls is asked for life; silent as long again, it is given up. Default:
 *   never. Servers of Python's gRPC close connections that ask more often than every 5 minutes.
 */
export function channelOptions({
  maxMessageBytes,
  keepaliveMs,
}: {
  maxMessageBytes: number;
  keepaliveMs?: number;
}): ChannelOptions {
  return {
    "grpc.max_send_message_length": maxMessageBytes,
    "grpc.max_receive_message_length": maxMessageBytes,
    ...(keepaliveMs !== undefined && {
      "grpc.keepalive_time_ms": keepaliveMs,
      "grpc.keepalive_timeout_ms": keepaliveMs,
    }),
    // A new client connects at once, and does not wait for the backoff of one that failed before.
    "grpc.use_local_subchannel_pool": 1,
    // Agent servers are reached directly: an HTTP proxy for the web knows no way to them.
    "grpc.enable_http_proxy": 0,
    "grpc.service_config_disable_resolution": 1,
  };
}

/** Whether the call can't have reached the server: no connection was made. */
export function neverConnected(error: unknown): boolean {
  const { code, details } = statusOf(error);
  return code === grpcStatus.UNAVAILABLE && /^(No connection established|Name resolution|Resolution)/.test(details);
}

/** A failed call as an error of this package, which says what to do about it. */
export function toAgentScopeError(
  error: unknown,
  address: string,
  { timeoutMs }: { timeoutMs?: number } = {},
): AgentScopeError {
  if (error instanceof AgentScopeError) return error;
  const { code, details } = statusOf(error);
  const options = { cause: error };
  switch (code) {
    case grpcStatus.UNAVAILABLE:
      return new AgentServerNotAliveError(
        `No agent server can be reached at ${address}: ${details}${tlsHint(details)}${startHint(details, address)}`,
        {
          server: address,
          cause: error,
        },
      );
    case grpcStatus.DEADLINE_EXCEEDED: {
      const limit = timeoutMs === undefined ? "in time" : `within ${timeoutMs} ms (option timeoutMs)`;
      return new AgentScopeError(
        "DEADLINE_EXCEEDED",
        `The agent server at ${address} did not answer ${limit}`,
        options,
      );
    }
    case grpcStatus.PERMISSION_DENIED:
      return new AgentScopeError(
        "PERMISSION_DENIED",
        `The agent server at ${address} refuses the call: ${details} (as-server token --from SECRET_FILE --role ROLE makes one)`,
        options,
      );
    case grpcStatus.UNAUTHENTICATED:
      return new AgentScopeError(
        "UNAUTHENTICATED",
        `The agent server at ${address} lets nobody in without its token (${details}): give the one that it was started ` +
          "with, as the option token",
        options,
      );
    case grpcStatus.INVALID_ARGUMENT:
    case grpcStatus.NOT_FOUND:
      return new InvalidArgumentError(`The agent server at ${address} refuses the call: ${details}`, options);
    case grpcStatus.RESOURCE_EXHAUSTED:
      return new AgentScopeError("LIMIT_EXCEEDED", `A limit is reached at ${address}: ${details}`, options);
    case grpcStatus.CANCELLED:
      return new AgentScopeError("CANCELLED", `The call to ${address} was given up: ${details}`, options);
    case grpcStatus.UNIMPLEMENTED:
      return new InvalidArgumentError(
        `What listens at ${address} is no agent server that knows this call: ${details}`,
        options,
      );
    case grpcStatus.INTERNAL:
      // gRPC-js's, where TLS or HTTP/2 of this end can't read what comes: the server has failed in nothing.
      if (details.includes("triggered by internal client error")) {
        return new AgentServerNotAliveError(
          `The connection to the agent server at ${address} broke: ${details.trim()}`,
          {
            server: address,
            cause: error,
          },
        );
      }
  }
  return new AgentScopeError("AGENT_FAILED", `The agent server at ${address} failed: ${details}`, options);
}

function statusOf(error: unknown): { code: number; details: string } {
  const { code, details } = error as { code?: unknown; details?: unknown };
  return {
    code: typeof code === "number" ? code : grpcStatus.UNKNOWN,
    details: (typeof details === "string" ? details : asError(error).message).replace(/\.?\s*Resolution note:\s*$/, ""),
  };
}

function tlsHint(details: string): string {
  if (/certificate|self.signed/i.test(details)) return ". Give the certificate of who signed the server's as tls.ca";
  return /SSL|TLS|wrong version/i.test(details) ? ". Is TLS on at one end only? See the option tls" : "";
}

function startHint(details: string, address: string): string {
  if (details.startsWith("Name resolution")) return ". Nobody has that name: correct host and port";
  if (!details.includes("ECONNREFUSED")) return "";
  const port = address.slice(address.lastIndexOf(":") + 1);
  return `. Nothing listens there: start an agent server on that machine (as-server --port ${port} --agent-dir …), or correct host and port`;
}
