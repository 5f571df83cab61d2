import { type AgentInstance, callGivenUp } from "../runtime/agentCode.js";
import type { PersonQuestion } from "../studio/protocol.js";
import { isEndOfInput } from "./answerLines.js";
import { printable } from "./printable.js";
import type { Questions } from "./spoken.js";
import { AnswerElsewhere, terminal } from "./terminal.js";
import { randomUUID } from "../randomId.js";

/** {@link Questions} as they came. */
interface Received extends Record<Exclude<keyof Questions, "prompts">, unknown> {
  prompts: readonly unknown[];
}

/** Persons who can answer, and do not sit at this process's terminal. */
export interface AnswersElsewhere {
  /** The answer; undefined where there is nobody. Fails when there is nobody any more. */
  ask(question: PersonQuestion, options: { signal: AbortSignal; isAlone: () => boolean }): Promise<string> | undefined;
}

/** Asks the person of this process for agents, wherever they live: one question after the other. */
export class Answerer implements AgentInstance {
  private open: AbortController | undefined;

  constructor(private readonly elsewhere: AnswersElsewhere) {}

  async ask({ agent, server, prompts, about, multiline }: Received): Promise<string[]> {
    const open = new AbortController();
    this.open = open;
    const asker = { agent: printable(agent), server: printable(server) };
    try {
      const answers: string[] = [];
      for (const prompt of prompts) {
        const isFirst = answers.length === 0;
        const asked = { ...asker, prompt: printable(prompt), multiline: multiline === true && isFirst };
        answers.push(await this.askOne(asked, isFirst ? printable(about ?? "") : "", open.signal));
      }
      return answers;
    } finally {
      this.open = undefined;
    }
  }

  /** At the terminal and elsewhere at once: the first answer counts, and the other question goes away. */
  private async askOne(
    question: Omit<PersonQuestion, "questionId">,
    about: string,
    withdrawn: AbortSignal,
  ): Promise<string> {
    const answered = new AbortController();
    const signal = AbortSignal.any([withdrawn, answered.signal]);
    let hasInputEnded = false;
    // The terminal has the conversation above the question.
    const prompt = question.prompt.trim() === "" ? about : question.prompt;
    const asked = { questionId: randomUUID(), ...question, prompt };
    const elsewhere = this.elsewhere.ask(asked, { signal, isAlone: () => hasInputEnded });
    const { agent, server } = question;
    const here = terminal().ask({ agent, server }, question.prompt, signal);
    if (elsewhere === undefined) return here;
    try {
      return await Promise.race([
        here.catch((thrown: unknown) => {
          if (!isEndOfInput(thrown)) throw thrown;
          hasInputEnded = true;
          // That nobody else answers either is no better reason than this one.
          return elsewhere.catch(() => {
            throw thrown;
          });
        }),
        elsewhere.then(
          (answer) => {
            answered.abort(new AnswerElsewhere(answer));
            return answer;
          },
          () => here,
        ),
      ]);
    } finally {
      answered.abort();
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
