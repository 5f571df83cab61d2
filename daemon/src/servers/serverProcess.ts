import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { LogTail } from "../log/logTail.js";
import { endTree } from "../processes/endTree.js";
import { identify, isRunning, type ProcessIdentity } from "../processes/processIdentity.js";
import { ProcessWatch } from "../processes/processWatch.js";

export interface ServerCommand {
  /** Node. */
  command: string;
  /** The JavaScript file. */
  script: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

export interface ServerProcessEvents {
  /** A line of its output. */
  line(text: string): void;
  /** Once; what it said last can still be asked for. */
  ended(how: string): void;
}

/**
 * The process of a managed server. It leads a process group, and writes into a file: it outlives the daemon, and is found again.
 *
 * 1. Its end is told once, whether this daemon or an earlier one started it.
 * 2. After `leave` it runs on, unwatched.
 */
export class ServerProcess implements Disposable {
  readonly identity: ProcessIdentity;
  private readonly log: LogTail;
  private readonly watch: ProcessWatch | undefined;
  private hasEnded = false;

  private constructor(
    started: { child: ChildProcess } | { identity: ProcessIdentity },
    logPath: string,
    private readonly events: ServerProcessEvents,
  ) {
    const isOwn = "child" in started;
    this.log = new LogTail(logPath, (line) => events.line(line), { from: isOwn ? "begin" : "end" });
    if (!isOwn) {
      this.identity = started.identity;
      this.watch = new ProcessWatch(this.identity, () => this.end("its process has ended"));
      return;
    }
    const { child } = started;
    const pid = child.pid ?? 0;
    // It may have ended before it could be looked at.
    this.identity = identify(pid) ?? { pid, startedAt: "it has ended" };
    child.once("error", (error) => this.end(`it could not be started: ${error.message}`));
    child.once("exit", (code, signal) => this.end(signal === null ? `exit code ${code}` : `signal ${signal}`));
    child.unref();
  }

  /** Starts one. The file is begun anew. */
  static start(command: ServerCommand, logPath: string, events: ServerProcessEvents): ServerProcess {
    closeSync(openSync(logPath, "w", 0o600));
    const log = openSync(logPath, "a", 0o600);
    try {
      const child = spawn(command.command, [command.script, ...command.args], {
        cwd: command.cwd,
        env: command.env,
        stdio: ["ignore", log, log],
        detached: true,
        windowsHide: true,
      });
      return new ServerProcess({ child }, logPath, events);
    } finally {
      closeSync(log);
    }
  }

  /** Watches one that an earlier daemon started. */
  static adopt(identity: ProcessIdentity, logPath: string, events: ServerProcessEvents): ServerProcess {
    return new ServerProcess({ identity }, logPath, events);
  }

  get isRunning(): boolean {
    return !this.hasEnded && isRunning(this.identity);
  }

  /** Something tells that it may have ended. */
  hurry(): void {
    this.watch?.hurry();
  }

  lastLines(): string[] {
    return this.log.lastLines();
  }

  /** Ends it with all that it started; also what it left behind when it has ended. */
  async stop(): Promise<void> {
    await endTree(this.identity);
  }

  [Symbol.dispose](): void {
    this.hasEnded = true;
    this.watch?.[Symbol.dispose]();
    this.log[Symbol.dispose]();
  }

  private end(how: string): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.events.ended(how);
  }
}
