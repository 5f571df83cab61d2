import { Client, credentials } from "@grpc/grpc-js";
import { answerEchoQuestions } from "../echoCaller.js";
import { echoMethod } from "./grpcEchoMethod.js";

const client = new Client(`127.0.0.1:${process.argv[2]}`, credentials.createInsecure());
const { path, requestSerialize, responseDeserialize } = echoMethod;

answerEchoQuestions(
  (message) =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, message, (error, echoed) => {
        if (echoed === undefined) reject(error ?? new Error("no answer and no error"));
        else resolve(echoed);
      });
    }),
);
