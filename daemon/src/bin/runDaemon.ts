import { isLogged, logSettings } from "agentscope-distributed/studio";
import { Daemon } from "../daemon.js";
import type { LogLine } from "../protocol/index.js";
import { collectedLine, commonLevels, terminalLine } from "../log/lineForms.js";
import { readyLine } from "./readyLine.js";
import { refuseToDiffer } from "./refuseToDiffer.js";
import { daemonOptionsOf, type StartOptions } from "./startOptions.js";

/** Runs the daemon in this process, to its end: the ready line on standard output, the log on standard error. */
export async function runDaemon(options: StartOptions): Promise<void> {
  const settings = logSettings(options);
  // What it starts logs in the same way.
  if (options.logFormat !== undefined) process.env.AGENTSCOPE_LOG_FORMAT = options.logFormat;
  const written = settings.format === "json" ? collectedLine : terminalLine;
  const alsoLogTo = (line: LogLine) => {
    if (isLogged(commonLevels[line.level], settings)) process.stderr.write(written(line));
  };
  const start = await Daemon.start({ ...daemonOptionsOf(options), alsoLogTo });
  if (start.kind === "taken") {
    refuseToDiffer(options, start.by);
    process.stderr.write(`as-studio: a daemon is running already (process ${start.by.pid}), at ${start.by.url}\n`);
    process.stdout.write(readyLine(start.by));
    return;
  }
  const { daemon, discovery } = start;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    let isAgain = false;
    process.on(signal, () => {
      // Who asks twice does not want to wait for servers that take their time.
      if (isAgain) process.exit(130);
      isAgain = true;
      void daemon.end(`it was sent ${signal}`);
    });
  }
  // A defect must not end it without a word. What it started goes on, and the next daemon finds it.
  process.on("uncaughtException", (error) => {
    daemon.log.write("error", "daemon", `the daemon ends, by a defect of its own: ${error.stack ?? error.message}`);
    process.exit(1);
  });
  // The terminal, or the process that waited for the ready line, may be gone: that is no reason to end.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  process.stdout.write(readyLine(discovery));
  if (options.log && process.stdin.isTTY) process.stderr.write("Ctrl-C stops it\n");
  await daemon.ended;
  // What others left running in this process must not keep it.
  process.exit();
}
