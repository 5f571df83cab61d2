import type { MethodDefinition } from "@grpc/grpc-js";

const asIs = (bytes: Buffer): Buffer => bytes;

/** The request is the number of bytes wanted, as a text; the answers are the bytes. */
export const byteStreamMethod: MethodDefinition<Buffer, Buffer> = {
  path: "/bench.Bytes/send",
  requestStream: false,
  responseStream: true,
  requestSerialize: asIs,
  requestDeserialize: asIs,
  responseSerialize: asIs,
  responseDeserialize: asIs,
};

export const chunkBytes = 256 * 1024;
