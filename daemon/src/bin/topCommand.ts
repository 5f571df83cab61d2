import { Command } from "commander";
import { emitKeypressEvents } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import type { DaemonClient } from "../client/daemonClient.js";
import { listServers } from "../protocol/index.js";
import { counted } from "../terminal/quantities.js";
import { resourceTable } from "../terminal/resourceTable.js";
import { wholeNumber } from "./numberOption.js";
import { printJson, withDaemon } from "./withDaemon.js";

interface TopOptions {
  once?: boolean;
  json?: boolean;
  interval: number;
}

/** Servers tell of their resources once a second. */
const defaultSeconds = 1;
const home = "\u001b[H";
const clearLine = "\u001b[K";
const clearBelow = "\u001b[J";
const clearScreen = "\u001b[2J";

export function topCommand(): Command {
  return new Command("top")
    .description("what servers use and do, once a second, until q or Ctrl-C")
    .option("--once", "once, and end")
    .option("--interval <seconds>", "how often", wholeNumber(1, 3600), defaultSeconds)
    .option("--json", "as JSON, a line each time")
    .action((options: TopOptions) => withDaemon((daemon) => show(daemon, options)));
}

async function show(daemon: DaemonClient, { once, json, interval }: TopOptions): Promise<void> {
  if (once === true) return print(await daemon.request(listServers, {}), json === true);
  const quit = new AbortController();
  const restore = quitOnKey(quit);
  const isScreen = process.stdout.isTTY && json !== true;
  if (isScreen) process.stdout.write(clearScreen);
  try {
    while (!quit.signal.aborted) {
      const servers = await daemon.request(listServers, {});
      if (isScreen) {
        const lines = `${counted(servers.length, "server")}, ${new Date().toLocaleTimeString()} (q ends)\n\n${resourceTable(servers)}`;
        process.stdout.write(home + lines.replaceAll("\n", `${clearLine}\n`) + clearBelow);
      } else if (json === true) {
        process.stdout.write(`${JSON.stringify(servers)}\n`);
      } else {
        process.stdout.write(`${resourceTable(servers)}\n`);
      }
      await pause(interval * 1000, undefined, { signal: quit.signal }).catch(() => {});
    }
  } finally {
    restore();
  }
}

function print(servers: Parameters<typeof resourceTable>[0], isJson: boolean): void {
  if (isJson) printJson(servers);
  else process.stdout.write(resourceTable(servers));
}

/** Gives what ends that. */
function quitOnKey(quit: AbortController): () => void {
  const onSignal = () => quit.abort();
  process.once("SIGINT", onSignal);
  const { stdin } = process;
  if (!stdin.isTTY) return () => process.off("SIGINT", onSignal);
  emitKeypressEvents(stdin);
  stdin.setRawMode(true).resume();
  const onKey = (_: string | undefined, key: { name?: string; ctrl?: boolean }) => {
    if (key.name === "q" || (key.name === "c" && key.ctrl === true)) quit.abort();
  };
  stdin.on("keypress", onKey);
  return () => {
    process.off("SIGINT", onSignal);
    stdin.off("keypress", onKey);
    stdin.setRawMode(false).pause();
  };
}
