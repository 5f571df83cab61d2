import type { AgentRow, RunRow, ServerRow } from "agentscope-distributed-daemon/protocol";

// What rows say of themselves.

const megabyte = 1024 * 1024;

export function serverName({ host, port, serverId }: ServerRow): string {
  return port > 0 ? `${host.includes(":") ? `[${host}]` : host}:${port}` : serverId;
}

/** `cpu 12% · 86 MB · 4 agents`; what is wrong, where something is. */
export function serverDescription({ state, kind, resources, agents }: ServerRow): string {
  if (state === "ready" || state === "busy") {
    const use = resources
      ? [`cpu ${Math.round(resources.cpuPercent)}%`, `${Math.round(resources.memoryBytes / megabyte)} MB`]
      : [];
    return [...use, count(agents, "agent"), kind].join(" · ");
  }
  return [state, ...(agents > 0 ? [count(agents, "agent")] : []), kind].join(" · ");
}

/** `running · 3 queued`, `waiting for A` */
export function agentDescription({ className, lost, state }: AgentRow): string {
  return [className, agentActivity(lost, state)].filter(Boolean).join(" · ");
}

function agentActivity(lost: boolean, state: AgentRow["state"]): string {
  if (lost) return "lost with its server";
  if (!state) return "";
  const waitsFor = state.waitingFor?.length ? ` for ${list(state.waitingFor)}` : "";
  const queue = state.queueLength > 0 ? ` · ${state.queueLength} queued` : "";
  return `${state.state === "unknown" ? "" : state.state}${state.state === "waiting" ? waitsFor : ""}${queue}`;
}

export function runName({ name, script, project }: RunRow): string {
  return name || script.split(/[\\/]/).at(-1) || project;
}

/** `12 s · 4 agents · 30 messages · 1 error`, after how it ended where that is not well */
export function runDescription(run: RunRow, nowMs: number): string {
  const state = run.state === "running" || run.state === "succeeded" ? [] : [run.state];
  return [...state, runMeasure(run, nowMs)].join(" · ");
}

/** `12 s · 4 agents · 30 messages · 1 error` */
export function runMeasure(run: RunRow, nowMs: number): string {
  const lasted = duration((run.endedAtMs ?? nowMs) - run.startedAtMs);
  const failed = run.failedCalls > 0 ? [count(run.failedCalls, "error")] : [];
  return [lasted, count(run.agents, "agent"), count(run.calls, "message"), ...failed].join(" · ");
}

/** `0.8 s`, `12 s`, `3 min 5 s`, `2 h 10 min` */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
