import { setTimeout as pause } from "node:timers/promises";
import { DaemonProcess, type StateFolder } from "../processes/daemonProcess.js";
import { giveDescriptors, takeDescriptors } from "../processes/descriptors.js";
import { until } from "../processes/until.js";

/** What goes wrong with a daemon, and for how long. */
export type DaemonFault =
  | { kind: "freeze"; forMs: number }
  /** It can open no file and no connection, and take none. */
  | { kind: "descriptors"; forMs: number }
  | { kind: "kill" }
  | { kind: "restart" };

/** A daemon that is started again at the same port when it has ended. */
export class FaultyDaemon implements AsyncDisposable {
  private constructor(
    private readonly state: StateFolder,
    private daemon: DaemonProcess,
    readonly url: string,
  ) {}

  static async start(state: StateFolder): Promise<FaultyDaemon> {
    const daemon = await DaemonProcess.start(state);
    return new FaultyDaemon(state, daemon, state.found?.url ?? "");
  }

  get pid(): number {
    return this.daemon.pid;
  }

  /**
   * Lets it happen, and be over.
   * @throws Error if the daemon has ended, and nobody killed it.
   */
  async suffer(fault: DaemonFault): Promise<void> {
    const { daemon, state } = this;
    daemon.assertRunning();
    if (fault.kind === "freeze") {
      daemon.kill("SIGSTOP");
      await pause(fault.forMs);
      daemon.kill("SIGCONT");
      return;
    }
    if (fault.kind === "descriptors") {
      takeDescriptors(daemon.pid);
      await pause(fault.forMs);
      daemon.assertRunning();
      giveDescriptors(daemon.pid);
      return;
    }
    daemon.kill(fault.kind === "kill" ? "SIGKILL" : "SIGTERM");
    await until(() => daemon.end, { timeoutMs: 30_000, what: "the end of the daemon" });
    this.daemon = await DaemonProcess.start(state, { args: ["--port", new URL(this.url).port] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon[Symbol.asyncDispose]();
  }
}
