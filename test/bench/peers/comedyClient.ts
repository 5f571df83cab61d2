import { createSystem } from "comedy";
import { answerEchoQuestions } from "../echoCaller.js";
import type { PlainMessage } from "../echoMessage.js";

/** Comedy hands the text of this class to the process of the actor. */
class EchoActor {
  echo(message: PlainMessage): PlainMessage {
    return message;
  }
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const root = await createSystem({ log: silent }).rootActor();
const actor = await root.createChild(EchoActor, { mode: "forked" });
answerEchoQuestions(async (message) => (await actor.sendAndReceive("echo", message)) as PlainMessage);
