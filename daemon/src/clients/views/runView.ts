import type { PlaceholderLog } from "../../placeholders/placeholderLog.js";
import type { PlaceholderRow, StreamEvent } from "../../protocol/index.js";
import type { Runs } from "../../runs/runs.js";
import type { Servers } from "../../servers/servers.js";
import { pageLimit } from "../forms.js";
import type { OpenView } from "../view.js";
import { RunAgents } from "./runAgents.js";

/** The most output that is shown at first, or that is sent at a time. */
const mostOutputBytes = 64 * 1024;

/** A run: its state, its newest placeholders, its agents, and what it writes. */
export function runView(
  parts: { runs: Runs; placeholders: PlaceholderLog; servers: Servers },
  runId: string,
): OpenView {
  const { runs, placeholders } = parts;
  return (changed) => {
    const { hasOutput } = runs.row(runId);
    const agents = new RunAgents(parts, runId, changed);
    let isFirst = true;
    let runShown = "";
    let outputShown = 0;
    let changedCalls = new Set<string>();
    const removals = [
      runs.changed.on((id) => {
        if (id === runId) changed();
      }),
      runs.outputWritten.on((written) => {
        if (written.runId === runId) changed();
      }),
      placeholders.changed.on((change) => {
        if (change.runId !== runId) return;
        for (const id of change.placeholderIds) changedCalls.add(id);
        changed();
      }),
    ];
    const newCalls = (snapshot: boolean): PlaceholderRow[] => {
      const ids = changedCalls;
      changedCalls = new Set();
      return snapshot ? placeholders.list({ runId, offset: 0, limit: pageLimit }).rows : placeholders.rows(ids);
    };
    const newOutput = (snapshot: boolean): string => {
      if (!hasOutput) return "";
      if (snapshot) outputShown = Math.max(0, runs.output(runId, 0, 16).total - mostOutputBytes);
      const { text, end, total } = runs.output(runId, outputShown, mostOutputBytes);
      outputShown = end;
      if (end < total) changed();
      return text;
    };
    const next = async (): Promise<StreamEvent | undefined> => {
      // Of many changes the newest calls are shown, as at first.
      const snapshot = isFirst || changedCalls.size > pageLimit;
      const newAgents = await agents.next(snapshot);
      const run = runs.row(runId);
      const calls = newCalls(snapshot);
      const output = newOutput(snapshot);
      const runText = JSON.stringify(run);
      const isSame = runText === runShown && newAgents.length + calls.length + output.length === 0;
      isFirst = false;
      runShown = runText;
      return isSame && !snapshot
        ? undefined
        : { kind: "run", snapshot, run, placeholders: calls, agents: newAgents, output };
    };
    return {
      next,
      [Symbol.dispose]: () => {
        agents[Symbol.dispose]();
        for (const remove of removals) remove();
      },
    };
  };
}
