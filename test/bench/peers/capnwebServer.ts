import type { AddressInfo } from "node:net";
import { newWebSocketRpcSession } from "capnweb";
import { WebSocketServer } from "ws";
import { listening } from "../peerProcess.js";
import { CapnwebEcho } from "./capnwebEcho.js";
import { asBrowserSocket } from "./browserSocket.js";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
server.on("connection", (socket) => {
  newWebSocketRpcSession(asBrowserSocket(socket), new CapnwebEcho());
});
server.on("listening", () => listening({ ws: (server.address() as AddressInfo).port }));
