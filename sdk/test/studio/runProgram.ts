/** A script with a local agent, that does what its first argument says and then ends in that way. */
import { once } from "node:events";
import { AgentBase, init, Msg, UserAgent } from "../../src/index.js";

class Echo extends AgentBase {
  override async reply(x?: Msg): Promise<Msg> {
    if (x?.content === "fail") throw new RangeError("told to");
    return new Msg({ name: this.name, content: x?.content ?? null, role: "assistant" });
  }
}

const hi = new Msg({ name: "script", content: "hi", role: "user" });
const echo = new Echo({ name: "Echo" });
const [, , how = ""] = process.argv;
if (how !== "plain") init({ project: "tests", name: how });

/** Once the test says so: when the daemon knows of the run. */
async function lastCall(): Promise<void> {
  await once(process.stdin, "data");
  await echo(hi);
}

switch (how) {
  case "exit":
    await lastCall();
    process.exit(Number(process.argv[3]));
  case "throw":
    await lastCall();
    throw new TypeError("nobody catches this");
  case "ask": {
    const person = new UserAgent({ name: "Person", prompt: "Your name?", requiredKeys: ["age"], multiline: true });
    const { content, metadata } = await person();
    process.stdout.write(`${JSON.stringify({ content, metadata })}\n`);
    break;
  }
  default:
    await echo(echo(hi));
    await echo(new Msg({ name: "script", content: "fail", role: "user" })).catch(() => {});
}
