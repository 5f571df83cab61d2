import type { AgentInput, Placeholder } from "agentscope-distributed";

type Agent = (input?: AgentInput) => Placeholder;

/** The application flow of the tutorial: two agents in turn, until the second one says `exit`. */
export async function converse(a: Agent, b: Agent): Promise<{ said: unknown[]; pids: Set<number> }> {
  const said: unknown[] = [];
  const pids = new Set<number>();
  let x: Placeholder | undefined;
  do {
    x = a(x);
    said.push(await x.content);
    pids.add(((await x.metadata) as { pid: number }).pid);
    x = b(x);
    said.push(await x.content);
    pids.add(((await x.metadata) as { pid: number }).pid);
  } while ((await x.content) !== "exit");
  return { said, pids };
}

/** What `converse(A, B)` says when B says `exit` at its third turn. */
export const conversation = [
  "A 1 heard nothing",
  "B 1 heard A 1",
  "A 2 heard B 1",
  "B 2 heard A 2",
  "A 3 heard B 2",
  "exit",
];
