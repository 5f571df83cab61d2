import { spawn } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identify, type ProcessIdentity } from "../../processes/processIdentity.js";
import { type KeeperEnded, type KeeperOrder, type KeeperStarted, keeperFiles } from "./keeperOrder.js";
import { OutputWriter } from "./outputWriter.js";

// A process between the daemon and a script: it writes the script's output into files and how the script ended, so that both are there
// for whichever daemon comes to look. It outlives the daemon, and ends with the script.

/** How long after the end of the script what it started may still write. */
const lastWordsMs = 500;

const order = JSON.parse(process.argv[2] ?? "") as KeeperOrder;
const output = new OutputWriter(order.folder, order);

// The script is told to stop; its keeper sees how it ends.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
// The daemon that started this has been killed.
process.stdout.on("error", () => {});

// A group of its own, so that it can be stopped with all that it started, without its keeper.
// How a desktop editor runs its own programs is no matter of theirs.
const { ELECTRON_RUN_AS_NODE: _electron, ...env } = process.env;
const script = spawn(order.command, order.args, {
  cwd: order.cwd,
  env,
  detached: true,
  stdio: ["ignore", "pipe", "pipe"],
  windowsHide: true,
});
const keeper = identity(process.pid);
script.once("error", (error) => tellStarted({ keeper, error: error.message }));
script.once("spawn", () => tellStarted({ keeper, script: identity(script.pid ?? 0) }));
for (const stream of [script.stdout, script.stderr]) stream.on("data", (bytes: Buffer) => output.write(bytes));
script.once("exit", (exitCode, signal) => {
  const ended: KeeperEnded = { exitCode, signal, endedAtMs: Date.now() };
  const tell = () => writeWhole(keeperFiles.ended, ended);
  // Something that the script left behind may hold its output open for ever.
  const timer = setTimeout(tell, lastWordsMs);
  script.once("close", () => {
    clearTimeout(timer);
    tell();
  });
});

/** A script may have ended by now. */
function identity(pid: number): ProcessIdentity {
  return identify(pid) ?? { pid, startedAt: "it has ended" };
}

function tellStarted(started: KeeperStarted): void {
  writeWhole(keeperFiles.started, started);
  process.stdout.end(`${JSON.stringify(started)}\n`);
}

/** Nobody sees half a file. */
function writeWhole(name: string, value: KeeperStarted | KeeperEnded): void {
  const path = join(order.folder, name);
  writeFileSync(`${path}.new`, JSON.stringify(value), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
