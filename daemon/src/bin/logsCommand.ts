import { Command } from "commander";
import type { DaemonClient } from "../client/daemonClient.js";
import { StudioError } from "../errors.js";
import { listRuns, listServers, type LogLine, logTail } from "../protocol/index.js";
import { pageLimit } from "../terminal/asking.js";
import { findRun, findServer } from "../terminal/findThing.js";
import { printable } from "../terminal/printable.js";
import { followRun } from "../terminal/followRun.js";
import { watching } from "../terminal/watching.js";
import { wholeNumber } from "./numberOption.js";
import { printJson, withDaemon } from "./withDaemon.js";

interface LogsOptions {
  follow?: boolean;
  json?: boolean;
  lines: number;
}

export function logsCommand(): Command {
  return new Command("logs")
    .description("what the daemon and the servers had to say, or what a run has written")
    .argument("[source]", "daemon, a server, or a run; default: all but what runs have written")
    .option("-n, --lines <n>", "how many of the last lines", wholeNumber(1, 5000), 100)
    .option("--follow", "and those that come, until Ctrl-C or the run has ended")
    .option("--json", "a line of JSON for each")
    .action((typed: string | undefined, options: LogsOptions) =>
      withDaemon(async (daemon) => {
        const run = typed === undefined ? undefined : await runOf(daemon, typed);
        if (run !== undefined) await followRun(daemon, run, { isFollowed: options.follow === true });
        else await showLog(daemon, await sourceOf(daemon, typed), options);
      }),
    );
}

/** The run that is meant, when the daemon has what it wrote. */
async function runOf(daemon: DaemonClient, typed: string): Promise<string | undefined> {
  if (typed === "daemon") return undefined;
  const { rows } = await daemon.request(listRuns, { offset: 0, limit: pageLimit });
  const isRun = rows.some((row) => row.runId.startsWith(typed) || row.name === typed);
  if (!isRun || (await daemon.request(listServers, {})).some((row) => row.serverId === typed)) return undefined;
  const run = await findRun(daemon, typed);
  return run.hasOutput ? run.runId : undefined;
}

async function sourceOf(daemon: DaemonClient, typed: string | undefined): Promise<string | undefined> {
  if (typed === undefined || typed === "daemon") return typed;
  const { rows } = await daemon.request(listRuns, { offset: 0, limit: pageLimit });
  const run = rows.find((row) => row.runId.startsWith(typed));
  return run?.runId ?? (await findServer(daemon, typed)).serverId;
}

async function showLog(daemon: DaemonClient, source: string | undefined, options: LogsOptions): Promise<void> {
  const { follow, json, lines: limit } = options;
  const ofSource = source === undefined ? {} : { source };
  const print = (lines: LogLine[]) => process.stdout.write(lines.map((line) => lineText(line, json === true)).join(""));
  if (follow !== true) {
    const lines = await daemon.request(logTail, { ...ofSource, limit });
    if (json === true) printJson(lines);
    else print(lines);
    return;
  }
  let isFirst = true;
  const { ended } = await watching(daemon.connection, { topic: "log", ...ofSource }, (event) => {
    if (event.kind !== "log") return;
    if (event.skipped > 0 && !isFirst) process.stderr.write(`as-studio: ${event.skipped} lines were skipped\n`);
    print(isFirst ? event.lines.slice(-limit) : event.lines);
    isFirst = false;
  });
  throw StudioError.unreachable((await ended) ?? "the daemon has ended");
}

function lineText(line: LogLine, isJson: boolean): string {
  if (isJson) return `${JSON.stringify(line)}\n`;
  const { atMs, level, source, text } = line;
  const time = new Date(atMs).toISOString().slice(0, 19).replace("T", " ");
  return `${time} ${level === "info" ? "" : `${level}: `}${printable(source)}: ${printable(text)}\n`;
}
