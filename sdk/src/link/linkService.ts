import type { ServiceDefinition } from "@grpc/grpc-js";

const bytes = (message: Buffer): Buffer => message;

/** The link's gRPC service (proto/link.proto): frames pass as they are. */
export const linkService = {
  open: {
    path: "/agentscope.link.v1.Link/Open",
    requestStream: true,
    responseStream: true,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  },
} satisfies ServiceDefinition;

/**
 * How often a caller asks a silent server for life; silent for as long again, the stream is broken. In milliseconds. With the
 * time that it may take to come back (streamLink.ts) a server that is not heard of is given up after 10 s.
 */
export const keepaliveMs = 2500;

/** The same for what a server asks its callers. They are not suspected soon: a script that computes answers nothing meanwhile. */
export const callerKeepaliveMs = 60_000;

/** A frame holds at most one chunk or one batch of operations; the rest is room for a single large config. */
export const maxFrameBytes = 256 * 1024 * 1024;
