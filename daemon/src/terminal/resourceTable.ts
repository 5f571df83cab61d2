import type { ServerRow } from "../protocol/index.js";
import { megabytes, percent } from "./quantities.js";
import { type Column, table } from "./table.js";

const columns: Column<ServerRow>[] = [
  { heading: "SERVER", value: (row) => row.serverId },
  { heading: "STATE", value: (row) => row.state },
  { heading: "CPU", value: (row) => used(row, ({ cpuPercent }) => percent(cpuPercent)), align: "right" },
  { heading: "MEMORY", value: (row) => used(row, ({ memoryBytes }) => megabytes(memoryBytes)), align: "right" },
  {
    heading: "DELAY",
    value: (row) => used(row, ({ eventLoopDelayMs }) => `${Math.round(eventLoopDelayMs)} ms`),
    align: "right",
  },
  { heading: "AGENTS", value: (row) => String(row.agents), align: "right" },
  { heading: "RUNNING", value: (row) => used(row, ({ running }) => String(running)), align: "right" },
  { heading: "QUEUED", value: (row) => used(row, ({ queued }) => String(queued)), align: "right" },
  {
    heading: "CALLS/S",
    value: (row) => used(row, ({ callsPerSecond }) => callsPerSecond.toFixed(callsPerSecond < 10 ? 1 : 0)),
    align: "right",
  },
];

/** What servers use and do, the busiest first. */
export function resourceTable(servers: readonly ServerRow[]): string {
  if (servers.length === 0) return "no servers\n";
  const busiestFirst = [...servers].sort(
    (a, b) => (b.resources?.cpuPercent ?? -1) - (a.resources?.cpuPercent ?? -1) || a.serverId.localeCompare(b.serverId),
  );
  return table(columns, busiestFirst);
}

function used(row: ServerRow, text: (sample: NonNullable<ServerRow["resources"]>) => string): string {
  return row.resources === undefined ? "" : text(row.resources);
}
