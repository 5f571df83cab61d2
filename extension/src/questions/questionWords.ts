import type { QuestionEnd, QuestionRow } from "agentscope-distributed-daemon/protocol";

// What a person reads of a question. Prompts come from agents, and may be of any length and form.

const shortPrompt = 200;

/** `Anna asks: Which colour?`; nothing of it becomes a link. */
export function questionText({ agent, prompt }: QuestionRow, runName: string | undefined): string {
  const where = runName === undefined ? "" : ` (${runName})`;
  return withoutLinks(`${agent}${where} asks: ${shortened(prompt)}`);
}

/** The prompt in one line. */
export function shortened(prompt: string): string {
  const line = prompt.replaceAll(/\s+/g, " ").trim();
  return line.length <= shortPrompt ? line : `${line.slice(0, shortPrompt - 1)}…`;
}

/** VS Code's messages make links of `[text](address)`, also of those that run a command: an agent's words must not. */
export function withoutLinks(text: string): string {
  return text.replaceAll("](", "] (");
}

/** Why somebody who was answering can't any more. */
export function endText(agent: string, end: QuestionEnd): string {
  switch (end.kind) {
    case "open":
      return `${agent} still waits for an answer.`;
    case "answered":
      return `The question of ${agent} was answered meanwhile, by ${end.by}.`;
    case "withdrawn":
      return `${agent} does not wait for an answer any more: it was answered where its script runs, or the agent is gone.`;
    case "runEnded":
      return `${agent} does not wait for an answer any more: its run has ended.`;
  }
}
