import { type AgentBase, Msg, msgHub, type RpcAgent } from "agentscope-distributed";

type Agent = AgentBase | RpcAgent;

/** What the judge answers. */
export interface Verdict {
  winner: string;
  reason: string;
}

/**
 * The host asks each side the same questions; all hear each other, and at the end the judge decides. Nothing is awaited but the
 * verdict: who answers next waits for what was said before, because it hears it.
 */
export async function debate(
  topic: string,
  { sides, judge }: { sides: readonly Agent[]; judge: Agent },
  rounds: readonly string[],
): Promise<Verdict> {
  const announcement = host(topic);
  return msgHub([...sides, judge], { announcement }, async (participants) => {
    const speakers = participants.slice(0, -1);
    const decides = participants.at(-1);
    for (const question of rounds) {
      for (const [index, speaker] of speakers.entries()) speaker(host(`${sides[index]?.name}: ${question}`));
    }
    return (await decides?.(host("Judge: who emits the least, the lowest figure of all?"))?.content) as Verdict;
  });
}

function host(content: string): Msg {
  return new Msg({ name: "host", content, role: "user" });
}
