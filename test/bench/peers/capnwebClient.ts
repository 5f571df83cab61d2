import { newWebSocketRpcSession } from "capnweb";
import { WebSocket } from "ws";
import { answerEchoQuestions } from "../echoCaller.js";
import { asBrowserSocket } from "./browserSocket.js";
import type { CapnwebEcho } from "./capnwebEcho.js";

const socket = new WebSocket(`ws://127.0.0.1:${process.argv[2]}`);
const echo = newWebSocketRpcSession<CapnwebEcho>(asBrowserSocket(socket));
answerEchoQuestions(async (message) => echo.echo(message));
