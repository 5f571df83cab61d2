import type { Discovery } from "agentscope-distributed/studio";

/** What `as-studio` prints on standard output when there is a daemon: one JSON line, for programs that start it. */
export function readyLine({ url, pid }: Discovery): string {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  return `${JSON.stringify({ event: "ready", host, port: Number(port || (protocol === "https:" ? 443 : 80)), url, pid })}\n`;
}
