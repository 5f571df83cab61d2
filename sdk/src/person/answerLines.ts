import { type Interface, clearScreenDown, createInterface, cursorTo, moveCursor } from "node:readline";
import { AgentScopeError } from "../errors.js";

/** A question whose answer is on its way. */
export interface OpenQuestion {
  readonly answer: Promise<string>;
  /** Nobody wants the answer any more; it was given elsewhere, where there is one. */
  withdraw(error: AgentScopeError, given?: string): void;
  /** Prints whole lines above the question. */
  interject(lines: string): void;
}

type Settle = { kind: "answer"; line: string } | { kind: "failed"; error: AgentScopeError };

/**
 * The lines that a person types, or that come from a pipe: each answers a question. One question is open at a time.
 *
 * 1. Between questions the input is paused: it keeps no process alive, and a terminal is as the person knows it.
 * 2. Lines that came too early answer the next questions.
 */
export class AnswerLines {
  private readonly early: string[] = [];
  private piped: Interface | undefined;
  private ended: AgentScopeError | undefined;
  private settle: ((how: Settle) => void) | undefined;

  constructor(
    private readonly input: NodeJS.ReadStream,
    private readonly output: NodeJS.WriteStream,
    /** Prints where that fails quietly once the output is closed. */
    private readonly print: (text: string) => void,
  ) {}

  /** Asks, with a prompt before the answer. */
  ask(prompt: string): OpenQuestion {
    const early = this.early.shift();
    if (early !== undefined) return this.alreadyAnswered(prompt, early);
    return this.input.isTTY && this.output.isTTY ? this.askTyping(prompt) : this.askPiped(prompt);
  }

  private alreadyAnswered(prompt: string, line: string): OpenQuestion {
    this.print(`${prompt}${line}\n`);
    return { answer: Promise.resolve(line), withdraw: () => {}, interject: this.print };
  }

  /** With line editing; the terminal is in raw mode for as long as the question is open. */
  private askTyping(prompt: string): OpenQuestion {
    const { input, output } = this;
    const typing = createInterface({ input, output, terminal: true, prompt });
    const answer = this.answer().finally(() => typing.close());
    typing.on("line", (line) => this.received(line));
    typing.on("close", () => this.settle?.({ kind: "failed", error: endOfInput() }));
    typing.on("SIGINT", () => {
      this.settle?.({
        kind: "failed",
        error: new AgentScopeError("NO_ANSWER", "the question was interrupted (Ctrl-C)"),
      });
      typing.close();
      process.kill(process.pid, "SIGINT");
    });
    typing.prompt();
    const clearQuestion = () => {
      moveCursor(output, 0, -typing.getCursorPos().rows);
      cursorTo(output, 0);
      clearScreenDown(output);
    };
    return {
      answer,
      withdraw: (error, given) => {
        if (given !== undefined) {
          clearQuestion();
          output.write(`${prompt}${given}`);
        }
        output.write("\n");
        this.settle?.({ kind: "failed", error });
      },
      interject: (lines) => {
        clearQuestion();
        output.write(lines);
        typing.prompt(true);
      },
    };
  }

  /** Line by line, each shown as if it had been typed. */
  private askPiped(prompt: string): OpenQuestion {
    this.print(prompt);
    const answer = this.answer();
    this.openPipe();
    if (this.ended !== undefined) this.settle?.({ kind: "failed", error: this.ended });
    const shown = answer.then(
      (line) => {
        this.print(`${line}\n`);
        return line;
      },
      (error: unknown) => {
        this.print("\n");
        throw error;
      },
    );
    return {
      answer: shown,
      withdraw: (error, given = "") => {
        this.print(given);
        this.settle?.({ kind: "failed", error });
      },
      interject: (lines) => this.print(`\n${lines}${prompt}`),
    };
  }

  private openPipe(): void {
    if (this.ended !== undefined) return;
    if (this.piped !== undefined) {
      this.piped.resume();
      return;
    }
    this.piped = createInterface({ input: this.input, crlfDelay: Number.POSITIVE_INFINITY });
    this.piped.on("line", (line) => this.received(line));
    this.piped.on("close", () => this.end(endOfInput()));
    this.piped.on("error", (cause: Error) => this.end(endOfInput(cause)));
  }

  private end(error: AgentScopeError): void {
    // Closed: Node 24 lets nobody pause it any more.
    this.piped = undefined;
    this.ended ??= error;
    this.settle?.({ kind: "failed", error });
  }

  private received(line: string): void {
    if (this.settle === undefined) this.early.push(line);
    else this.settle({ kind: "answer", line });
  }

  private answer(): Promise<string> {
    return new Promise<string>((resolve, reject) => {
      this.settle = (how) => {
        this.settle = undefined;
        this.piped?.pause();
        if (how.kind === "answer") resolve(how.line);
        else reject(how.error);
      };
    });
  }
}

const endsOfInput = new WeakSet<object>();

/** Whether a question failed since nothing can be typed any more. */
export function isEndOfInput(error: unknown): boolean {
  return typeof error === "object" && error !== null && endsOfInput.has(error);
}

function endOfInput(cause?: Error): AgentScopeError {
  const error = new AgentScopeError(
    "NO_ANSWER",
    "the input has ended, so that nobody can answer: run the program in a terminal, or give it as many lines as it asks for",
    { cause },
  );
  endsOfInput.add(error);
  return error;
}
