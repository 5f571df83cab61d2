import { agentBrand } from "../agents/brand.js";
import { Msg } from "../messages/msg.js";
import { HostedAgent } from "../runtime/hostedAgent.js";
import { Speech } from "./speech.js";

/** The host's side of an agent; undefined while it is still being constructed. */
export function hostedAgent(agent: object): HostedAgent | undefined {
  const target = (agent as { [agentBrand]?: unknown })[agentBrand];
  return target instanceof HostedAgent ? target : undefined;
}

/** Says something in the terminal of the program that made the agent; gives the whole text. */
export async function speak(agent: object, said: string | Msg | AsyncIterable<string>): Promise<string> {
  const speech = new Speech(hostedAgent(agent));
  let whole = "";
  try {
    for await (const text of piecesOf(said)) {
      whole += text;
      speech.write(text);
    }
  } finally {
    await speech.end();
  }
  return whole;
}

function piecesOf(said: string | Msg | AsyncIterable<string>): AsyncIterable<string> | Iterable<string> {
  if (typeof said === "string") return [said];
  return said instanceof Msg ? [said.contentText()] : said;
}
