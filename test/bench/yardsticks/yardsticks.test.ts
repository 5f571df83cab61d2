import { expect, test } from "vitest";
import { ByteStream } from "./byteStream.js";
import { GrpcEcho } from "./grpcEcho.js";
import { nodeStartMs } from "./nodeStart.js";

test("the gRPC echo is asked one call after the other, and many at once", async () => {
  const echo = await GrpcEcho.start();
  try {
    expect(await echo.sequential(10)).toHaveLength(10);
    expect(await echo.callsPerSecond(50, 10)).toBeGreaterThan(0);
  } finally {
    await echo[Symbol.asyncDispose]();
  }
});

test("the byte streams bring as many bytes as were asked for, by either wire", async () => {
  const stream = await ByteStream.start();
  try {
    expect(await stream.bytesPerSecond("grpc", 1_000_001)).toBeGreaterThan(0);
    expect(await stream.bytesPerSecond("tcp", 1_000_001)).toBeGreaterThan(0);
  } finally {
    await stream[Symbol.asyncDispose]();
  }
});

test("a Node with nothing to do takes some time to start", async () => {
  expect(await nodeStartMs()).toBeGreaterThan(1);
});
