import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { answerEchoQuestions } from "../echoCaller.js";
import type { PlainMessage } from "../echoMessage.js";

const pool = new Piscina<PlainMessage, PlainMessage>({
  filename: fileURLToPath(new URL("./piscinaWorker.js", import.meta.url)),
  name: "echo",
  minThreads: 1,
  maxThreads: 1,
});
answerEchoQuestions((message) => pool.run(message));
