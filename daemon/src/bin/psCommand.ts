import { Command } from "commander";
import { listQuestions, listRuns, listServers } from "../protocol/index.js";
import type { Asking } from "../terminal/asking.js";
import { questionTable, runTable, serverTable } from "../terminal/overview.js";
import { printJson, withDaemon } from "./withDaemon.js";

/** Runs that have ended, in the short list. */
const lastEnded = 5;
const mostRuns = 500;

export function psCommand(): Command {
  return new Command("ps")
    .description("what there is: servers, runs, and questions of agents")
    .option("--all", "all runs that are kept, not just those that go on and the last ones")
    .option("--json", "as JSON")
    .action((options: { all?: boolean; json?: boolean }) =>
      withDaemon((daemon) => show(daemon, { isAll: options.all === true, isJson: options.json === true })),
    );
}

async function show(daemon: Asking, { isAll, isJson }: { isAll: boolean; isJson: boolean }): Promise<void> {
  const [servers, { rows, total }, questions] = await Promise.all([
    daemon.request(listServers, {}),
    daemon.request(listRuns, { offset: 0, limit: mostRuns }),
    daemon.request(listQuestions, {}),
  ]);
  const ended = rows.filter((row) => row.state !== "running").slice(0, isAll ? mostRuns : lastEnded);
  const runs = rows.filter((row) => row.state === "running" || ended.includes(row));
  if (isJson) return printJson({ servers, runs, questions });
  const hidden = total - runs.length;
  const more = hidden === 0 ? "" : `and ${hidden} more (as-studio ps --all)\n`;
  process.stdout.write([serverTable(servers), runTable(runs) + more, questionTable(questions)].join("\n"));
}
