import type { AgentRow, RunRow } from "agentscope-distributed-daemon/protocol";

export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
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

export function runName({ name, script, project }: RunRow): string {
  return name || script.split(/[\\/]/).at(-1) || project;
}

/** `running`, `waiting for A`, `lost` */
export function agentActivity({ lost, state }: AgentRow): string {
  if (lost) return "lost with its server";
  if (state === undefined || state.state === "unknown") return "";
  const others = state.state === "waiting" ? (state.waitingFor ?? []) : [];
  return others.length > 0 ? `waiting for ${others.slice(0, 3).join(", ")}` : state.state;
}
