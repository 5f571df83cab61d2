import type { MessageRecord } from "agentscope-distributed/studio";
import type { Hover, Position } from "vscode-languageserver-protocol";
import type { PlaceholderRow } from "../../protocol/index.js";
import type { Servers } from "../../servers/servers.js";
import type { OpenDocument } from "../openDocuments.js";
import type { PlacedCall } from "./callPlaces.js";
import { durationText } from "./durationText.js";
import { openInputs } from "./inlayHints.js";
import type { LatestCalls } from "./latestCalls.js";
import { lastMessage } from "./lastMessage.js";
import { plain, quoted } from "./safeMarkdown.js";
import { callLabel, quantile, turnTime, turnTimes } from "./siteLabel.js";

/** Of a place that was called for more agents than this, the newest are told of. */
const mostAgents = 3;

/** What is known of the call at a position: each agent that was asked there, where it lives, times, and what it said last. */
export async function callHover(
  placed: readonly PlacedCall[],
  where: { document: OpenDocument; position: Position; latest: LatestCalls; servers: Servers },
): Promise<Hover | null> {
  const { document, position, latest, servers } = where;
  const offset = document.text.offsetAt(position);
  const here = placed.filter(({ call }) => call.start <= offset && offset < call.headEnd);
  const nearest = here.sort((a, b) => a.call.headEnd - a.call.start - (b.call.headEnd - b.call.start))[0];
  if (nearest === undefined) return null;
  const { site, call } = nearest;
  const calls = site.calls;
  const newest = newestOfEach(calls);
  const parts = await Promise.all(
    newest.slice(0, mostAgents).map(async (row) => agentPart(row, latest, await lastMessage(row, servers))),
  );
  if (site.count > 1) parts.unshift(summary(calls, site.count));
  if (newest.length > mostAgents) parts.push(`… and ${newest.length - mostAgents} more agents`);
  return {
    contents: { kind: "markdown", value: parts.join("\n\n---\n\n") },
    range: { start: document.text.positionAt(call.start), end: document.text.positionAt(call.headEnd) },
  };
}

/** The newest call of each agent, newest first. */
function newestOfEach(calls: readonly PlaceholderRow[]): PlaceholderRow[] {
  const byAgent = new Map<string, PlaceholderRow>();
  for (const call of [...calls].reverse()) if (!byAgent.has(call.agentId)) byAgent.set(call.agentId, call);
  return [...byAgent.values()];
}

function agentPart(row: PlaceholderRow, latest: LatestCalls, message: MessageRecord | undefined): string {
  const state = callLabel(row, { waitsFor: (call) => openInputs(call, latest) });
  const lines = [`**${plain(row.agent)}** · ${plain(row.server)} · ${plain(state)}`];
  const times = timesText(row);
  if (times !== "") lines.push(times);
  if (row.error !== undefined) lines.push(quoted(row.error));
  if (message !== undefined) {
    lines.push(
      `Last in its memory, from ${plain(message.name)} (${plain(message.role)}):`,
      quoted(contentText(message.content)),
    );
  }
  return lines.join("\n\n");
}

function timesText(row: PlaceholderRow): string {
  const { madeAtMs, begunAtMs, sizeBytes } = row;
  const parts: string[] = [];
  if (madeAtMs !== undefined) parts.push(`called at ${new Date(madeAtMs).toLocaleTimeString("en-GB")}`);
  if (madeAtMs !== undefined && begunAtMs !== undefined) {
    parts.push(`its turn began ${durationText(begunAtMs - madeAtMs)} later`);
  }
  const took = turnTime(row);
  if (took !== undefined) parts.push(`and took ${durationText(took)}`);
  if (sizeBytes !== undefined) parts.push(`the result has ${sizeBytes} bytes`);
  return parts.join(", ");
}

function summary(calls: readonly PlaceholderRow[], count: number): string {
  const times = turnTimes(calls);
  const shown = (
    [
      ["p50", 0.5],
      ["p95", 0.95],
      ["longest", 1],
    ] as const
  ).map(([name, part]) => `${name} ${durationText(quantile(times, part))}`);
  return [`${count} calls`, ...(times.length > 0 ? shown : [])].join(" · ");
}

function contentText(content: unknown): string {
  return typeof content === "string" ? content : (JSON.stringify(content, undefined, 2) ?? "");
}
