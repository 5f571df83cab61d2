import { type handleUnaryCall, Server, ServerCredentials } from "@grpc/grpc-js";
import type { PlainMessage } from "../echoMessage.js";
import { listening } from "../peerProcess.js";
import { echoMethod } from "./grpcEchoMethod.js";

const echo: handleUnaryCall<PlainMessage, PlainMessage> = (call, respond) => respond(null, call.request);

const server = new Server();
server.addService({ echo: echoMethod }, { echo });
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  listening({ grpc: port });
});
