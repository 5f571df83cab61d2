import type { QuestionRow, RunRow, ServerRow } from "../protocol/index.js";
import { ago, duration, megabytes, percent } from "./quantities.js";
import { type Column, table } from "./table.js";

/** How much of an id is shown where it is long and random: enough to type. */
const idLength = 8;

const serverColumns: Column<ServerRow>[] = [
  { heading: "SERVER", value: (row) => row.serverId },
  { heading: "KIND", value: (row) => row.kind },
  { heading: "STATE", value: (row) => row.state },
  { heading: "ADDRESS", value: (row) => `${row.host}:${row.port}` },
  { heading: "PID", value: (row) => String(row.pid ?? ""), align: "right" },
  { heading: "AGENTS", value: (row) => String(row.agents), align: "right" },
  { heading: "CPU", value: (row) => (row.resources ? percent(row.resources.cpuPercent) : ""), align: "right" },
  { heading: "MEMORY", value: (row) => (row.resources ? megabytes(row.resources.memoryBytes) : ""), align: "right" },
  { heading: "SINCE", value: (row) => ago(row.stateSinceMs) },
  { heading: "RUN", value: (row) => shortId(row.runId ?? "") },
  { heading: "", value: (row) => row.detail ?? "" },
];

const runColumns: Column<RunRow>[] = [
  { heading: "RUN", value: (row) => shortId(row.runId) },
  { heading: "PROJECT", value: (row) => row.project },
  { heading: "NAME", value: (row) => row.name },
  { heading: "STATE", value: (row) => row.state },
  { heading: "STARTED", value: (row) => ago(row.startedAtMs) },
  { heading: "TOOK", value: (row) => (row.endedAtMs === undefined ? "" : duration(row.endedAtMs - row.startedAtMs)) },
  { heading: "AGENTS", value: (row) => String(row.agents), align: "right" },
  { heading: "CALLS", value: (row) => String(row.calls), align: "right" },
  { heading: "OPEN", value: (row) => String(row.openCalls), align: "right" },
  { heading: "FAILED", value: (row) => String(row.failedCalls), align: "right" },
  { heading: "", value: (row) => row.error ?? "" },
];

const questionColumns: Column<QuestionRow>[] = [
  { heading: "QUESTION", value: (row) => shortId(row.questionId) },
  { heading: "AGENT", value: (row) => row.agent },
  { heading: "RUN", value: (row) => shortId(row.runId) },
  { heading: "ASKED", value: (row) => ago(row.askedAtMs) },
  { heading: "ASKS", value: (row) => row.prompt },
];

export function serverTable(servers: readonly ServerRow[]): string {
  return servers.length === 0 ? "no servers\n" : table(serverColumns, servers);
}

export function runTable(runs: readonly RunRow[]): string {
  return runs.length === 0 ? "no runs\n" : table(runColumns, runs);
}

export function questionTable(questions: readonly QuestionRow[]): string {
  return questions.length === 0 ? "no questions are open\n" : table(questionColumns, questions);
}

function shortId(id: string): string {
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(id) ? id.slice(0, idLength) : id;
}
