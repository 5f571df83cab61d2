import { constants } from "node:os";
import { Command } from "commander";
import type { DaemonClient } from "../client/daemonClient.js";
import { livingDaemon } from "../home/discoveryFile.js";
import { Home } from "../home/home.js";
import { type RunRow, startRun, stopRun } from "../protocol/index.js";
import { followRun } from "../terminal/followRun.js";
import { oneLine } from "../terminal/printable.js";
import { startDetached } from "./startDetached.js";
import { withDaemon } from "./withDaemon.js";

interface RunOptions {
  target?: string;
  nodeArg: string[];
  detach?: boolean;
}

export function runCommand(): Command {
  return new Command("run")
    .description("run a script by the daemon, and show its output; Ctrl-C stops it. Ends with the script's exit code")
    .argument("<script>", "JavaScript, or TypeScript where the workspace has tsx")
    .argument("[args...]", "for the script")
    .option("--target <target>", "where its agents live: local, child, studio, or HOST:PORT")
    .option("--node-arg <arg>", "for Node, such as --inspect-brk; can be given again", collect, [])
    .option("--detach", "print the run's id, and let it run")
    .passThroughOptions()
    .action(async (script: string, args: string[], options: RunOptions) => {
      if ((await livingDaemon(Home.open())) === undefined) await startDetached({ log: false });
      await withDaemon((daemon) => run(daemon, { script, args, ...options }));
    });
}

async function run(
  daemon: DaemonClient,
  { script, args, target, nodeArg, detach }: RunOptions & { script: string; args: string[] },
): Promise<void> {
  const { runId } = await daemon.request(startRun, {
    ...{ script, args, cwd: process.cwd(), env: ownEnvironment(), nodeArgs: nodeArg },
    ...(target !== undefined && { target }),
  });
  if (detach === true) return void process.stdout.write(`${runId}\n`);
  const stopListening = stopOnInterrupt(daemon, runId);
  try {
    const ended = await followRun(daemon, runId, { isFollowed: true });
    if (ended.state !== "succeeded") process.stderr.write(`as-studio: the run has ${endText(ended)}\n`);
    process.exitCode = exitCodeOf(ended);
  } finally {
    stopListening();
  }
}

/** The first Ctrl-C asks the run to stop, the second leaves it to the daemon. */
function stopOnInterrupt(daemon: DaemonClient, runId: string): () => void {
  const interrupted = () => {
    process.once("SIGINT", () => process.exit(128 + constants.signals.SIGINT));
    daemon.request(stopRun, { runId }).catch((error: unknown) => {
      process.stderr.write(`as-studio: ${(error as Error).message}\n`);
    });
  };
  process.once("SIGINT", interrupted);
  return () => process.off("SIGINT", interrupted);
}

function endText({ state, error }: RunRow): string {
  return error === undefined ? state : `${state}: ${oneLine(error, 500)}`;
}

function exitCodeOf({ state, exitCode }: RunRow): number {
  if (state === "stopped") return exitCode || 128 + constants.signals.SIGINT;
  return exitCode ?? (state === "succeeded" ? 0 : 1);
}

/** The script runs as it would here, but with the daemon's way to it. */
function ownEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(entries);
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}
