import { Command } from "commander";
import { DaemonClient } from "../client/daemonClient.js";
import { livingDaemon } from "../home/discoveryFile.js";
import { Home } from "../home/home.js";
import { type DaemonStatus, daemonStatus } from "../protocol/index.js";

export function statusCommand(): Command {
  return new Command("status")
    .description("whether the daemon runs, where, and what it has; exit code 1: it does not")
    .option("--json", "as JSON")
    .action(({ json }: { json?: boolean }) => showStatus(json === true));
}

async function showStatus(asJson: boolean): Promise<void> {
  if ((await livingDaemon(Home.open())) === undefined) {
    process.stdout.write(asJson ? '{"running":false}\n' : "no daemon is running\n");
    process.exitCode = 1;
    return;
  }
  await using client = await DaemonClient.connect();
  const status = await client.request(daemonStatus, {});
  process.stdout.write(asJson ? `${JSON.stringify({ running: true, ...status }, null, 2)}\n` : linesOf(status));
}

function linesOf(status: DaemonStatus): string {
  const { pid, version, startedAtMs, url, pipe, stateFolder } = status;
  const { clients, subscriptions, servers, agents, runs, memoryBytes } = status;
  const rows: [string, string][] = [
    ["daemon", `${version}, process ${pid}, since ${new Date(startedAtMs).toLocaleString()}`],
    ["url", url],
    ["pages", "as-studio open"],
    ["pipe", pipe],
    ["folder", stateFolder],
    ["clients", `${clients}, which watch ${subscriptions} ${subscriptions === 1 ? "thing" : "things"}`],
    ["servers", `${servers}, with ${agents} agents`],
    ["runs", String(runs)],
    ["memory", `${(memoryBytes / 1e6).toFixed(0)} MB`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(9)}${value}\n`).join("");
}
