import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { AgentScopeError, type ErrorCode } from "../errors.js";
import type { ServerOptions } from "../server/serverOptions.js";
import { lifelineDescriptor } from "./lifeline.js";
import { parseReadyLine, type ReadyLine } from "./readyLine.js";

/**
 * An agent server in a process of its own, which ends with this one.
 *
 * Its standard output and error are this process's. It does not keep this process alive, unless somebody waits for its end.
 */
export class ServerProcess {
  private readonly child: ChildProcess;
  private readonly exited: Promise<string>;

  private constructor(child: ChildProcess) {
    this.child = child;
    this.exited = new Promise((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /**
   * Starts one.
   *
   * @throws AgentScopeError what the server said when it could not start, or how its process ended.
   */
  static async start(
    options: ServerOptions,
  ): Promise<{ server: ServerProcess; ready: ReadyLine & { event: "ready" } }> {
    const entry = fileURLToPath(new URL("./serverEntry.js", import.meta.url));
    const child = spawn(process.execPath, [entry], { stdio: ["ignore", "inherit", "inherit", "pipe"] });
    const server = new ServerProcess(child);
    const lifeline = child.stdio[lifelineDescriptor] as Socket;
    lifeline.on("error", () => {});
    lifeline.write(`${JSON.stringify(options)}\n`);
    const line = await Promise.race([firstLine(lifeline), server.exited]);
    const said = parseReadyLine(line);
    if (said?.event === "ready") {
      child.unref();
      lifeline.unref();
      return { server, ready: said };
    }
    child.kill("SIGKILL");
    throw new AgentScopeError(
      (said?.code as ErrorCode | undefined) ?? "SERVER_NOT_ALIVE",
      said?.message ?? `the agent server process ended before it was ready: ${line}`,
    );
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
