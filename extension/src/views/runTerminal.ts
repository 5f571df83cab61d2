import type { RunRow } from "agentscope-distributed-daemon/protocol";
import { EventEmitter, type Pseudoterminal, ThemeIcon, window } from "vscode";
import type { DaemonClient } from "../daemon/daemonClient.js";
import { followOutput } from "../daemon/followOutput.js";
import { runMeasure, runName } from "./words.js";

const ctrlC = "\u0003";

export interface RunTerminalEvents {
  /** Asks the daemon to stop the run. */
  stop: () => void;
  /** The run has ended while its terminal was there. */
  ended: (run: RunRow) => void;
}

/** What a run writes, as it comes, in a terminal whose links lead to the code; Ctrl-C and closing it stop the run. */
class RunTerminal implements Pseudoterminal {
  private readonly writes = new EventEmitter<string>();
  readonly onDidWrite = this.writes.event;
  private stopFollowing = () => {};
  private isGoing = true;

  constructor(
    private readonly client: DaemonClient,
    private readonly run: RunRow,
    private readonly events: RunTerminalEvents,
  ) {}

  open(): void {
    this.stopFollowing = followOutput(this.client, this.run.runId, {
      write: (text) => this.write(text),
      ended: (run, why) => {
        this.isGoing = false;
        if (run) this.events.ended(run);
        this.write(`\n\u001B[2m${run ? describeEnd(run) : why}\u001B[0m\n`);
      },
    });
  }

  handleInput(text: string): void {
    if (text === ctrlC && this.isGoing) this.events.stop();
  }

  close(): void {
    this.stopFollowing();
    this.writes.dispose();
    if (this.isGoing) this.events.stop();
  }

  /** A terminal wants both: to the next line, and to its beginning. */
  private write(text: string): void {
    this.writes.fire(text.replaceAll(/\r?\n/g, "\r\n"));
  }
}

function describeEnd(run: RunRow): string {
  const code = run.exitCode === undefined || run.exitCode === 0 ? "" : ` with code ${run.exitCode}`;
  return `${runName(run)} has ${run.state === "lost" ? "gone" : run.state}${code} · ${runMeasure(run, Date.now())}`;
}

export function showRunTerminal(client: DaemonClient, run: RunRow, events: RunTerminalEvents): void {
  const terminal = window.createTerminal({
    name: runName(run),
    iconPath: new ThemeIcon("run-all"),
    pty: new RunTerminal(client, run, events),
  });
  terminal.show(true);
}
