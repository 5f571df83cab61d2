import type { AgentBase, Placeholder, RpcAgent } from "agentscope-distributed";

/** Two agents talk until one says "exit". The same loop whether they are here, in child processes or on servers. */
export async function converse(a: AgentBase | RpcAgent, b: AgentBase | RpcAgent): Promise<string[]> {
  const transcript: string[] = [];
  let x: Placeholder | undefined;
  do {
    const said = a(x);
    x = b(said);
    transcript.push(`${String(await said.content)} → ${String(await x.content)}`);
  } while ((await x.content) !== "exit");
  return transcript;
}
