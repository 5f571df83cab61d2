import { type AgentInstance, callGivenUp } from "../runtime/agentCode.js";
import { printable } from "./printable.js";
import type { Questions } from "./spoken.js";
import { terminal } from "./terminal.js";

/** {@link Questions} as they came. */
interface Received extends Record<Exclude<keyof Questions, "prompts">, unknown> {
  prompts: readonly unknown[];
}

/** Asks the person at this process's terminal for agents, wherever they live: one question after the other. */
export class Answerer implements AgentInstance {
  private open: AbortController | undefined;

  async ask({ agent, server, prompts }: Received): Promise<string[]> {
    const open = new AbortController();
    this.open = open;
    const asker = { agent: printable(agent), server: printable(server) };
    try {
      const answers: string[] = [];
      for (const prompt of prompts) answers.push(await terminal().ask(asker, printable(prompt), open.signal));
      return answers;
    } finally {
      this.open = undefined;
    }
  }

  /** Who asked is gone, or wants no answer any more. */
  [callGivenUp](): void {
    this.open?.abort();
  }

  reply(): never {
    throw new Error("the answerer answers what it is asked by ask");
  }

  observe(): void {}
}
