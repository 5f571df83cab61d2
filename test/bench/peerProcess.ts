import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { report } from "./benchProcessReport.js";

type Ports = Readonly<Record<string, number>>;

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
  #ports: Ports = {};

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

  /** Starts the program and waits until it tells the ports that it listens on. */
  static async start<Question extends object, Answer>(
    program: URL,
    args: readonly (string | number)[] = [],
  ): Promise<PeerProcess<Question, Answer>> {
    const peer = new PeerProcess<Question, Answer>(program, args.map(String));
    if (peer.pid !== undefined) void report({ kind: "started", pid: peer.pid });
    peer.#ports = (await peer.#answer()) as Ports;
    return peer;
  }

  port(name: string): number {
    const port = this.#ports[name];
    if (port === undefined) throw new Error(`the peer listens on no port for ${name}`);
    return port;
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

/** The other end of a peer that is asked questions. */
export function answerQuestions(answer: (question: never) => Promise<unknown>): void {
  process.on("message", (question) => {
    answer(question as never).then(
      (given) => process.send?.(given),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  });
  listening({});
}

/** The other end of a peer that is reached by its ports. It ends with the process that started it. */
export function listening(ports: Ports): void {
  process.on("disconnect", () => process.exit());
  process.send?.(ports);
}
