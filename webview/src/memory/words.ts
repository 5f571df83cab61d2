import type { AgentRow } from "agentscope-distributed-daemon/protocol";
import type { MemoryQuery } from "./memorySearch.js";
import type { QueriedListing } from "./useListing.js";

/** `1 message`, `1,234 messages`, `12 of 1,234 messages` */
export function countOf(total: number, listed: number | undefined): string {
  const all = `${numeral(total)} ${total === 1 ? "message" : "messages"}`;
  return listed === undefined ? all : `${numeral(listed)} of ${all}`;
}

/** What a search has come to: `3 of 17`, `no match`, `searching 2,000 …`; nothing when nothing is looked for. */
export function resultOf(
  { text }: MemoryQuery,
  { found, known }: Pick<QueriedListing, "found" | "known">,
  match: number | undefined,
): string {
  if (text.trim() === "") return known === undefined ? "" : `reading ${numeral(known)} …`;
  if (found.length === 0) return known === undefined ? "no match" : `searching ${numeral(known)} …`;
  const place = match === undefined ? 0 : found.indexOf(match) + 1;
  const more = known === undefined ? "" : " …";
  return `${place > 0 ? numeral(place) : "–"} of ${numeral(found.length)}${more}`;
}

/** What an agent does at the moment; nothing where that is not known. */
export function activityOf(row: AgentRow | undefined): string {
  if (row?.lost !== false || !row.state || row.state.state === "unknown") return "";
  const { state, waitingFor = [] } = row.state;
  return state === "waiting" && waitingFor.length > 0 ? `waiting for ${waitingFor.join(", ")}` : state;
}

/** A message's time without the date where that is today's. @param timestamp `YYYY-MM-DD HH:MM:SS`, local time */
export function shortTime(timestamp: string, now: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  const today = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())} `;
  return timestamp.startsWith(today) ? timestamp.slice(today.length) : timestamp;
}

function numeral(number: number): string {
  return number.toLocaleString("en-US");
}
