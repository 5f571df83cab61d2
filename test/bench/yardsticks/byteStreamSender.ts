import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { pipeline } from "node:stream/promises";
import { type handleServerStreamingCall, Server, ServerCredentials } from "@grpc/grpc-js";
import { answerQuestions } from "../peerProcess.js";
import type { ByteStreamPorts } from "./byteStream.js";
import { byteStreamMethod, chunkBytes } from "./byteStreamMethod.js";

function* chunksOf(bytes: number): Generator<Buffer> {
  const chunk = Buffer.alloc(chunkBytes, "agentscope");
  for (let left = bytes; left > 0; left -= chunkBytes) yield left < chunkBytes ? chunk.subarray(0, left) : chunk;
}

const send: handleServerStreamingCall<Buffer, Buffer> = async (call) => {
  for (const chunk of chunksOf(Number(call.request.toString()))) {
    if (!call.write(chunk)) await once(call, "drain");
  }
  call.end();
};

const grpcServer = new Server();
grpcServer.addService({ send: byteStreamMethod }, { send });

const tcpServer = createServer((socket) => {
  socket.once("data", (wanted) => {
    pipeline(chunksOf(Number(wanted.toString())), socket).catch(() => socket.destroy());
  });
});

grpcServer.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, grpc) => {
  if (error) throw error;
  tcpServer.listen(0, "127.0.0.1", () => {
    const ports: ByteStreamPorts = { grpc, tcp: (tcpServer.address() as AddressInfo).port };
    answerQuestions(ports, () => Promise.reject(new Error("the sender is only called by its streams")));
  });
});
