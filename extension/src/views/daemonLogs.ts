import type { LogLine } from "agentscope-distributed-daemon/protocol";
import { type Disposable, type LogOutputChannel, window } from "vscode";
import type { DaemonClient } from "../daemon/daemonClient.js";

interface Shown {
  channel: LogOutputChannel;
  stop: () => void;
}

/** The daemon's log, whole or of one source, in output channels that follow it from when they are first asked for. */
export class DaemonLogs implements Disposable {
  private readonly all = new Map<string, Shown>();

  constructor(
    private readonly client: DaemonClient,
    private readonly most = 8,
  ) {}

  /** @param source the id of a server or run; undefined: everything. */
  show(name: string, source?: string): void {
    const key = source ?? "";
    const shown = this.all.get(key) ?? this.open(key, { name, source });
    shown.channel.show(true);
  }

  dispose(): void {
    for (const key of [...this.all.keys()]) this.close(key);
  }

  private open(key: string, { name, source }: { name: string; source: string | undefined }): Shown {
    const oldest = [...this.all.keys()].find((one) => one !== "");
    if (oldest !== undefined && this.all.size >= this.most) this.close(oldest);
    const channel = window.createOutputChannel(name, { log: true });
    let isAgain = false;
    const stop = this.client.watch(source === undefined ? { topic: "log" } : { topic: "log", source }, (event) => {
      if (event.kind === "ended" && !isAgain) channel.warn(event.reason);
      if (event.kind !== "log") return;
      if (event.skipped > 0) channel.warn(`${event.skipped} lines came faster than they could be shown`);
      for (const line of event.lines) write(channel, line, source === undefined);
      isAgain = true;
    });
    const shown = { channel, stop };
    this.all.set(key, shown);
    return shown;
  }

  private close(key: string): void {
    const shown = this.all.get(key);
    this.all.delete(key);
    shown?.stop();
    shown?.channel.dispose();
  }
}

function write(channel: LogOutputChannel, { level, source, text, atMs }: LogLine, withSource: boolean): void {
  // The channel stamps lines with the time at which they are shown; when it was said matters here.
  const line = `${new Date(atMs).toISOString()} ${withSource ? `[${source}] ` : ""}${text}`;
  if (level === "error") channel.error(line);
  else if (level === "warning") channel.warn(line);
  else channel.info(line);
}
