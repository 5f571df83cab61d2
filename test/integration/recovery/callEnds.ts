import { AgentServerNotAliveError, type Msg } from "agentscope-distributed";

/** How the calls of an agent ended: what was answered, and what was not repeated since it had begun. */
export interface Ends {
  answered: string[];
  begun: string[];
}

/** @throws whatever a call failed with that had not begun on a lost server. */
export async function endsOf(calls: readonly { text: string; answer: PromiseLike<Msg> }[]): Promise<Ends> {
  const ends: Ends = { answered: [], begun: [] };
  for (const { text, answer } of calls) {
    try {
      await answer;
      ends.answered.push(text);
    } catch (thrown) {
      if (!(thrown instanceof AgentServerNotAliveError && thrown.message.includes("it had begun"))) throw thrown;
      ends.begun.push(text);
    }
  }
  return ends;
}
