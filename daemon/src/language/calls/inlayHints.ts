import type { InlayHint, Range } from "vscode-languageserver-protocol";
import type { PlaceholderRow } from "../../protocol/index.js";
import type { OpenDocument } from "../openDocuments.js";
import type { PlacedCall } from "./callPlaces.js";
import type { LatestCalls } from "./latestCalls.js";
import { siteLabel } from "./siteLabel.js";

/** What became of the calls in a part of a document. */
export function inlayHints(
  placed: readonly PlacedCall[],
  { document, range, latest }: { document: OpenDocument; range: Range; latest: LatestCalls },
): InlayHint[] {
  const [from, to] = [document.text.offsetAt(range.start), document.text.offsetAt(range.end)];
  return placed
    .filter(({ call }) => from <= call.end && call.end <= to)
    .map(({ file, site, call }) => ({
      position: document.text.positionAt(call.end),
      label: siteLabel(site.calls, {
        count: site.count,
        isMore: (latest.run(file.runId)?.untoldCalls ?? 0) > 0 && site.count > 1,
        waitsFor: (row) => openInputs(row, latest),
      }),
      tooltip: agentsOf(site.calls),
      paddingLeft: true,
    }));
}

/** The names of the agents whose results a call still waits for. */
export function openInputs({ inputs }: PlaceholderRow, latest: LatestCalls): string[] {
  return latest
    .rows(inputs)
    .filter(({ endedAtMs }) => endedAtMs === undefined)
    .map(({ agent }) => agent);
}

function agentsOf(calls: readonly PlaceholderRow[]): string {
  const agents = [...new Set(calls.map(({ agent, server }) => `${agent} (${server})`))];
  return agents.length > 5 ? `${agents.slice(0, 5).join(", ")} and ${agents.length - 5} more` : agents.join(", ");
}
