import type { AgentRow, RunRow, ServerRow, StreamEvent } from "agentscope-distributed-daemon/protocol";

export function serverRow(row: Partial<ServerRow> & { serverId: string }): ServerRow {
  return {
    instance: `instance of ${row.serverId}`,
    kind: "managed",
    state: "ready",
    stateSinceMs: 0,
    host: "127.0.0.1",
    port: 12_001,
    software: "agentscope-distributed 0.1.0",
    agents: 0,
    restarts: 0,
    viaStudio: false,
    access: "open",
    ...row,
  };
}

export function agentRow(row: Partial<AgentRow> & { agentId: string }): AgentRow {
  return { serverId: "s", name: row.agentId, className: "Greeter", lost: false, ...row };
}

export function runRow(row: Partial<RunRow> & { runId: string }): RunRow {
  return {
    project: "",
    name: "",
    script: "/home/me/work/main.ts",
    args: [],
    cwd: "/home/me/work",
    state: "running",
    startedAtMs: 0,
    target: "child",
    hasOutput: false,
    agents: 0,
    calls: 0,
    failedCalls: 0,
    openCalls: 0,
    untoldCalls: 0,
    ...row,
  };
}

type TreeEvent = Extract<StreamEvent, { kind: "tree" }>;

export function treeEvent(event: Partial<TreeEvent>): TreeEvent {
  return {
    kind: "tree",
    snapshot: false,
    servers: [],
    goneServers: [],
    runs: [],
    goneRuns: [],
    questions: [],
    ...event,
  };
}
