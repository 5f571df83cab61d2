import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { AgentScopeError, type ErrorCode } from "../errors.js";
import type { ServerOptions } from "../server/serverOptions.js";
import { lifelineDescriptor } from "./lifeline.js";
import { parseReadyLine, type ReadyLine } from "./readyLine.js";

/**
 * An agent server in a process of its own, which ends with this one.
 *
 * Its standard output and error are this process's. It keeps this process alive until it is ready, and again when somebody waits for
 * its end.
 */
export class ServerProcess {
  /**
   * Resolves when it takes calls.
   *
   * Rejects with an AgentScopeError: what the server said when it could not start, or how its process ended.
   */
  readonly ready: Promise<ReadyLine & { event: "ready" }>;
  private readonly child: ChildProcess;
  private readonly lifeline: Socket | undefined;
  private readonly exited: Promise<string>;
  private isReady = false;

  private constructor(options: ServerOptions) {
    const entry = fileURLToPath(new URL("./serverEntry.js", import.meta.url));
    // Most threads of agent servers, which have this code too, start no process: there it would be a third of what Node loads for them.
    const { spawn } = process.getBuiltinModule("node:child_process");
    this.child = spawn(process.execPath, [entry], { stdio: ["ignore", "inherit", "inherit", "pipe"] });
    this.exited = new Promise((resolve) => {
      this.child.once("error", (error) => resolve(error.message));
      this.child.once("exit", (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
    });
    // Without descriptors for a process there is no `stdio`, whatever its type says; `error` tells the rest.
    const stdio = this.child.stdio as ChildProcess["stdio"] | undefined;
    this.lifeline = stdio?.[lifelineDescriptor] as Socket | undefined;
    this.lifeline?.on("error", () => {});
    this.lifeline?.write(`${JSON.stringify(options)}\n`);
    this.ready = this.whenReady();
  }

  /** Starts one. */
  static start(options: ServerOptions): ServerProcess {
    return new ServerProcess(options);
  }

  private async whenReady(): Promise<ReadyLine & { event: "ready" }> {
    const line = await Promise.race([...(this.lifeline === undefined ? [] : [firstLine(this.lifeline)]), this.exited]);
    const said = parseReadyLine(line);
    if (said?.event === "ready") {
      this.isReady = true;
      this.unref();
      return said;
    }
    this.child.kill("SIGKILL");
    throw new AgentScopeError(
      (said?.code as ErrorCode | undefined) ?? "SERVER_NOT_ALIVE",
      said?.message ?? `the agent server process ended before it was ready: ${line}`,
    );
  }

  /** Whether this process lives until the server is ready; at first it does. */
  holdUntilReady(held: boolean): void {
    if (this.isReady) return;
    if (!held) this.unref();
    else {
      this.child.ref();
      this.lifeline?.ref();
    }
  }

  private unref(): void {
    this.child.unref();
    this.lifeline?.unref();
  }

  /** Resolves with how it ended, once it has; does not keep this process alive. */
  get ended(): Promise<string> {
    return this.exited;
  }

  /** Resolves with how it ended, once it has; keeps this process alive until then. */
  waitForEnd(): Promise<string> {
    this.child.ref();
    return this.exited;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

function firstLine(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const onData = (bytes: Buffer) => {
      text += bytes.toString("utf8");
      const end = text.indexOf("\n");
      if (end < 0) return;
      socket.off("data", onData);
      socket.resume();
      resolve(text.slice(0, end));
    };
    socket.on("data", onData);
  });
}
