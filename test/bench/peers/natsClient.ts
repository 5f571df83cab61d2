import { connect } from "@nats-io/transport-node";
import { answerEchoQuestions } from "../echoCaller.js";
import type { PlainMessage } from "../echoMessage.js";

const connection = await connect({ servers: `127.0.0.1:${process.argv[2]}` });
answerEchoQuestions(async (message) => {
  const reply = await connection.request("echo", JSON.stringify(message), { timeout: 60_000 });
  return reply.json<PlainMessage>();
});
