import { Client, credentials } from "@grpc/grpc-js";
import { plainMessage } from "../echoMessage.js";
import { keepInFlight } from "../keepInFlight.js";
import { answerQuestions } from "../peerProcess.js";
import { timeEach } from "../timeEach.js";
import type { GrpcEchoAnswer, GrpcEchoQuestion } from "./grpcEcho.js";
import { echoMethod } from "./grpcEchoMethod.js";

const client = new Client(`127.0.0.1:${process.argv[2]}`, credentials.createInsecure());

function call(): Promise<void> {
  return new Promise((resolve, reject) => {
    const { path, requestSerialize, responseDeserialize } = echoMethod;
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, plainMessage, (error, echoed) => {
      if (error) reject(error);
      else if (echoed?.content !== plainMessage.content) reject(new Error("the echo is not what was called"));
      else resolve();
    });
  });
}

async function answer(question: GrpcEchoQuestion): Promise<GrpcEchoAnswer> {
  if (question.kind === "sequential") return { kind: "sequential", tookMs: await timeEach(question.calls, call) };
  const { calls, inFlight } = question;
  return { kind: "throughput", callsPerSecond: await keepInFlight({ inFlight, calls, call, check: () => undefined }) };
}

answerQuestions(answer);
