import { AgentCallError, AgentScopeError } from "../errors.js";
import { CallResult } from "../messages/callResult.js";
import type { HostedAgent } from "../runtime/hostedAgent.js";
import type { Questions } from "./spoken.js";

/**
 * Asks the person at the program that made the agent, at its terminal and at the daemon's clients; gives an answer for each prompt. The
 * time limit of the agent's call stands still until the answer is here.
 *
 * @param withdrawn ends the question.
 * @throws AgentScopeError (`NO_ANSWER`) when there is nobody to ask: the input has ended, or the program is gone.
 */
export async function askPerson(
  agent: HostedAgent,
  { prompts, about, multiline = false }: { prompts: string[]; about: string; multiline?: boolean | undefined },
  withdrawn: AbortSignal,
): Promise<string[]> {
  const answerer = agent.person?.answerer;
  if (answerer === undefined) throw nobodyToAsk(agent);
  const { name, server } = agent.label;
  const questions: Questions = { agent: name, server, prompts, about, multiline };
  const answer = new CallResult<unknown>(undefined, 0);
  const withdraw = () => answer.source?.cancel?.(answer);
  withdrawn.addEventListener("abort", withdraw);
  try {
    answerer.call("ask", [questions], answer);
    return ((await agent.withClockStopped(answer)) as unknown[]).map(String);
  } catch (cause) {
    if (cause instanceof AgentScopeError && (cause.code === "SERVER_NOT_ALIVE" || cause.code === "AGENT_NOT_FOUND")) {
      throw nobodyToAsk(agent, cause);
    }
    // Whose code it was that asked in the other process is of no interest.
    throw cause instanceof AgentCallError && cause.cause instanceof AgentScopeError ? cause.cause : cause;
  } finally {
    withdrawn.removeEventListener("abort", withdraw);
  }
}

function nobodyToAsk({ label }: HostedAgent, cause?: unknown): AgentScopeError {
  return new AgentScopeError(
    "NO_ANSWER",
    `there is nobody whom ${JSON.stringify(label.name)} could ask: the program that made the agent is gone, or has no terminal`,
    { cause },
  );
}
