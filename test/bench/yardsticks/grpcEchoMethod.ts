import type { MethodDefinition } from "@grpc/grpc-js";
import type { PlainMessage } from "../echoMessage.js";

const toJson = (message: PlainMessage): Buffer => Buffer.from(JSON.stringify(message));
const fromJson = (bytes: Buffer): PlainMessage => JSON.parse(bytes.toString("utf8")) as PlainMessage;

export const echoMethod: MethodDefinition<PlainMessage, PlainMessage> = {
  path: "/bench.Echo/echo",
  requestStream: false,
  responseStream: false,
  requestSerialize: toJson,
  requestDeserialize: fromJson,
  responseSerialize: toJson,
  responseDeserialize: fromJson,
};
