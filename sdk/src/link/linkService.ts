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

/** How often a silent stream is asked for life; silent for as long again, it is broken. In milliseconds. */
export const keepaliveMs = 5000;

/** A frame holds at most one chunk or one batch of operations; the rest is room for a single large config. */
export const maxFrameBytes = 256 * 1024 * 1024;
