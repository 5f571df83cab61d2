import { type ChildProcess, spawn } from "node:child_process";
import type { Writable } from "node:stream";
import { groupMembers } from "./processTable.js";
import { until } from "./until.js";

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface StartOptions {
  readonly args?: readonly string[];
  /** Over the environment of this process. */
  readonly env?: Record<string, string>;
  /** Of Node itself. */
  readonly nodeArgs?: readonly string[];
  readonly cwd?: string;
  /** A command that starts it, as `ip netns exec NAME` does. */
  readonly through?: readonly string[];
  /** The path of another Node; default: this process's. */
  readonly node?: string;
  /** Its standard input: a text, or `open` for one that the test writes to. Default: none. */
  readonly input?: string;
}

/** Those that have not ended: they end with this process at the latest. */
const running = new Set<number>();

process.once("exit", () => {
  for (const pid of running) process.kill(-pid, "SIGKILL");
});

/** A Node process that a test started, in a process group of its own, which ends with the test. */
export class StartedProcess implements AsyncDisposable {
  readonly pid: number;
  private readonly input: Writable | null;
  /** What it has printed so far. */
  stdout = "";
  stderr = "";
  /** Set once it has ended and all its output is here. */
  end: ProcessEnd | undefined = undefined;
  readonly ended: Promise<ProcessEnd>;

  /** @param script the path of a JavaScript file. */
  constructor(script: string, options: StartOptions = {}) {
    const { args = [], env = {}, nodeArgs = [], cwd, input, through = [], node = process.execPath } = options;
    const [command = node, ...words] = [...through, node, ...nodeArgs, script, ...args];
    const child: ChildProcess = spawn(command, words, {
      cwd,
      env: { ...process.env, ...env },
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      detached: true,
    });
    if (child.pid === undefined) throw new Error(`${script} could not be started`);
    this.pid = child.pid;
    this.input = child.stdin;
    // It may end before it has read everything.
    this.input?.on("error", () => {});
    if (input !== undefined && input !== "open") this.input?.end(input);
    running.add(child.pid);
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.ended = new Promise((resolve) => {
      child.once("close", (code, signal) => {
        running.delete(this.pid);
        resolve((this.end = { code, signal }));
      });
    });
  }

  /** The JSON lines that it has printed. */
  get said(): Record<string, unknown>[] {
    const lines = this.stdout.split("\n").slice(0, -1);
    return lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** A JSON line with this key, once it has printed one. */
  async says(key: string, timeoutMs = 15_000): Promise<Record<string, unknown>> {
    return until(
      () => {
        const line = this.said.find((one) => key in one);
        if (line === undefined && this.end !== undefined) throw new Error(this.describe(`ended without saying ${key}`));
        return line;
      },
      { timeoutMs, what: `a line with ${key}` },
    ).catch((error: unknown) => {
      throw new Error(this.describe(`did not say ${key}`), { cause: error });
    });
  }

  /** How it ended, once it has. */
  async endsWithin(timeoutMs: number): Promise<ProcessEnd> {
    return until(() => this.end, { timeoutMs, what: `the end of process ${this.pid}` }).catch((error: unknown) => {
      throw new Error(this.describe("did not end"), { cause: error });
    });
  }

  /** @throws Error with what it printed, if it has ended. */
  assertRunning(): void {
    if (this.end !== undefined) throw new Error(this.describe("ended by itself"));
  }

  private describe(what: string): string {
    const { end, stdout, stderr } = this;
    return `process ${this.pid} ${what} (${JSON.stringify(end)})\n${stdout}\n${stderr}`;
  }

  /** Types a line into an open input. */
  type(line: string): void {
    this.input?.write(`${line}\n`);
  }

  /** Ends an open input. */
  endInput(): void {
    this.input?.end();
  }

  /** Waits until it has printed a text. */
  async prints(text: string, timeoutMs = 15_000): Promise<void> {
    await until(() => this.stdout.includes(text), { timeoutMs, what: `the text ${text}` }).catch((error: unknown) => {
      throw new Error(this.describe(`did not print ${JSON.stringify(text)}`), { cause: error });
    });
  }

  kill(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** To the process and those that it started, as a terminal does on Ctrl-C. */
  killGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (groupMembers(this.pid).length > 0) this.killGroup("SIGKILL");
    await this.ended;
  }
}
