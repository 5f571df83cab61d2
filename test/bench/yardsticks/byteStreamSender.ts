import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type handleServerStreamingCall, Server, ServerCredentials, type ServerWritableStream } from "@grpc/grpc-js";
import { listening } from "../peerProcess.js";
import { byteStreamMethod, chunkBytes } from "./byteStreamMethod.js";

function* chunksOf(bytes: number): Generator<Buffer> {
  const chunk = Buffer.alloc(chunkBytes, "agentscope");
  for (let left = bytes; left > 0; left -= chunkBytes) yield left < chunkBytes ? chunk.subarray(0, left) : chunk;
}

async function writeChunks(call: ServerWritableStream<Buffer, Buffer>): Promise<void> {
  for (const chunk of chunksOf(Number(call.request.toString()))) {
    if (!call.write(chunk)) await once(call, "drain");
  }
  call.end();
}

const send: handleServerStreamingCall<Buffer, Buffer> = (call) => {
  writeChunks(call).catch((error: unknown) => call.destroy(error instanceof Error ? error : undefined));
};

const grpcServer = new Server();
grpcServer.addService({ send: byteStreamMethod }, { send });

const tcpServer = createServer((socket) => {
  socket.once("data", (wanted) => {
    pipeline(Readable.from(chunksOf(Number(wanted.toString()))), socket).catch(() => socket.destroy());
  });
});

grpcServer.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, grpc) => {
  if (error) throw error;
  tcpServer.listen(0, "127.0.0.1", () => {
    listening({ grpc, tcp: (tcpServer.address() as AddressInfo).port });
  });
});
