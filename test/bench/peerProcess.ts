import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { report } from "./benchProcessReport.js";

interface Waiting<Answer> {
  resolve(answer: Answer): void;
  reject(reason: Error): void;
}

/**
 * A process of the bench's own (a yardstick's client or server, never the product), asked over the channel that `fork`
 * opens. One question at a time.
 */
export class PeerProcess<Question extends object, Answer> implements AsyncDisposable {
  readonly #child: ChildProcess;
  #waiting: Waiting<Answer> | undefined;

  private constructor(program: URL, args: readonly string[]) {
    this.#child = fork(fileURLToPath(program), args, {
      stdio: ["ignore", process.stderr, "inherit", "ipc"],
      execArgv: [],
    });
    this.#child.on("message", (answer) => this.#settle((waiting) => waiting.resolve(answer as Answer)));
    this.#child.on("error", (error) => this.#settle((waiting) => waiting.reject(error)));
    this.#child.on("exit", (code, signal) =>
      this.#settle((waiting) =>
        waiting.reject(new Error(`${program.pathname} ended (${signal ?? `exit code ${code}`})`)),
      ),
    );
  }

  /** Starts the program and waits for the first thing it says. */
  static async start<Question extends object, Answer, Greeting>(
    program: URL,
    args: readonly string[] = [],
  ): Promise<{ readonly peer: PeerProcess<Question, Answer>; readonly greeting: Greeting }> {
    const peer = new PeerProcess<Question, Answer>(program, args);
    if (peer.pid !== undefined) void report({ kind: "started", pid: peer.pid });
    const greeting = (await peer.#answer()) as unknown as Greeting;
    return { peer, greeting };
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  ask(question: Question): Promise<Answer> {
    const answer = this.#answer();
    this.#child.send(question);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }

  #answer(): Promise<Answer> {
    if (this.#waiting) throw new Error("the peer has not answered the last question yet");
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  #settle(end: (waiting: Waiting<Answer>) => void): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) end(waiting);
  }
}

/** The other end: greets, and then answers each question. */
export function answerQuestions<Question, Answer>(
  greeting: unknown,
  answer: (question: Question) => Promise<Answer>,
): void {
  process.on("message", (question: Question) => {
    answer(question).then(
      (given) => process.send?.(given),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  });
  process.on("disconnect", () => process.exit());
  process.send?.(greeting);
}
