import { connect } from "node:net";
import type { Readable } from "node:stream";
import { Client, credentials } from "@grpc/grpc-js";
import { answerQuestions } from "../peerProcess.js";
import type { ByteStreamAnswer, ByteStreamQuestion, Wire } from "./byteStream.js";
import { byteStreamMethod } from "./byteStreamMethod.js";

const [grpcPort, tcpPort] = process.argv.slice(2).map(Number);
const client = new Client(`127.0.0.1:${grpcPort}`, credentials.createInsecure());

function open(wire: Wire, bytes: number): Readable {
  const wanted = Buffer.from(String(bytes));
  if (wire === "grpc") {
    const { path, requestSerialize, responseDeserialize } = byteStreamMethod;
    return client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, wanted);
  }
  const socket = connect({ port: tcpPort ?? 0, host: "127.0.0.1" });
  socket.write(wanted);
  return socket;
}

async function answer({ wire, bytes }: ByteStreamQuestion): Promise<ByteStreamAnswer> {
  const beganAt = performance.now();
  const stream = open(wire, bytes);
  let received = 0;
  await new Promise<void>((resolve, reject) => {
    stream.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    stream.on("end", resolve);
    stream.on("error", reject);
  });
  if (received !== bytes) throw new Error(`${received} bytes came instead of ${bytes}`);
  return { bytesPerSecond: bytes / ((performance.now() - beganAt) / 1000) };
}

answerQuestions(answer);
