import { styleText } from "node:util";
import { AgentScopeError } from "../errors.js";
import type { AnswerLines, OpenQuestion } from "./answerLines.js";
import { printable } from "./printable.js";
import { SpeechFloor } from "./speechFloor.js";

interface Speaker {
  agent: string;
  server: string;
}

/** The server of agents that live in the program's own process. */
const here = "main process";

/** Why a question is withdrawn that was answered in another way. */
export class AnswerElsewhere {
  constructor(readonly answer: string) {}
}

/**
 * This process's terminal: what agents say and the questions of those who ask come together here.
 *
 * 1. While a question is open only whole lines are printed, above it.
 * 2. A terminal that is closed takes no more text, and nothing fails for that.
 */
class Terminal {
  readonly floor = new SpeechFloor(
    (text) => this.print(text),
    (speaker) => this.label(speaker),
  );
  private question: OpenQuestion | undefined;
  /** The beginning of a line that waits for its rest while a question is open. */
  private unfinished = "";
  private closed = false;
  private answers: AnswerLines | undefined;

  constructor(private readonly output: NodeJS.WriteStream) {
    process.once("exit", () => this.floor.flush());
  }

  /**
   * What the person answers: one line.
   *
   * @param withdrawn ends the question; with {@link AnswerElsewhere} as its reason the answer is shown.
   * @throws AgentScopeError when the input has ended, or the question is withdrawn.
   */
  async ask(asker: Speaker, prompt: string, withdrawn: AbortSignal): Promise<string> {
    const { AnswerLines } = await import("./answerLines.js");
    if (withdrawn.aborted) throw withdrawnError();
    this.floor.interrupt();
    this.answers ??= new AnswerLines(process.stdin, this.output, (text) => this.write(text));
    const question = this.answers.ask(this.label(asker) + prompt);
    this.question = question;
    const withdraw = () => {
      const reason: unknown = withdrawn.reason;
      question.withdraw(withdrawnError(), reason instanceof AnswerElsewhere ? printable(reason.answer) : undefined);
    };
    withdrawn.addEventListener("abort", withdraw);
    try {
      return await question.answer;
    } finally {
      withdrawn.removeEventListener("abort", withdraw);
      this.question = undefined;
      this.write(this.unfinished);
      this.unfinished = "";
    }
  }

  private print(text: string): void {
    if (this.question === undefined) {
      this.write(text);
      return;
    }
    const all = this.unfinished + text;
    const end = all.lastIndexOf("\n") + 1;
    this.unfinished = all.slice(end);
    if (end > 0) this.question.interject(all.slice(0, end));
  }

  private write(text: string): void {
    if (this.closed || text === "") return;
    this.output.write(text, (error) => {
      if (error === undefined || error === null) return;
      this.closed = true;
      // The stream tells everybody; without a listener that would end the process.
      if (this.output.listenerCount("error") === 0) this.output.once("error", () => {});
    });
  }

  private label({ agent, server }: Speaker): string {
    if (!this.hasColors) return server === here ? `${agent}: ` : `${agent} (${server}): `;
    const name = styleText([colorOf(agent), "bold"], agent);
    return server === here ? `${name}: ` : `${name} ${styleText("dim", `(${server})`)}: `;
  }

  private get hasColors(): boolean {
    return this.output.isTTY && this.output.hasColors();
  }
}

const colors = ["cyan", "green", "yellow", "magenta", "blue"] as const;

/** Always the same for a name. */
function colorOf(name: string): (typeof colors)[number] {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 997;
  return colors[hash % colors.length] ?? "cyan";
}

function withdrawnError(): AgentScopeError {
  return new AgentScopeError("CANCELLED", "the question was withdrawn");
}

let theTerminal: Terminal | undefined;

/** The terminal of this process; made when something is said or asked for the first time. */
export function terminal(): Terminal {
  theTerminal ??= new Terminal(process.stdout);
  return theTerminal;
}
