import type { RunRow, StreamEvent } from "../../protocol/index.js";
import type { Questions } from "../../questions/questions.js";
import type { Runs } from "../../runs/runs.js";
import type { Servers } from "../../servers/servers.js";
import type { OpenView } from "../view.js";

/** Runs that are shown at first, the newest. */
const mostRuns = 100;

/** Servers, runs and questions. */
export function treeView(parts: { servers: Servers; runs: Runs; questions: Questions }): OpenView {
  const { servers, runs, questions } = parts;
  return (changed) => {
    let isFirst = true;
    const changedServers = new Set<string>();
    const changedRuns = new Set<string>();
    const note = (ids: Set<string>) => (id: string) => {
      ids.add(id);
      changed();
    };
    const removals = [
      servers.changed.on(note(changedServers)),
      servers.agentsChanged.on(note(changedServers)),
      runs.changed.on(note(changedRuns)),
      servers.runAgentsChanged.on(note(changedRuns)),
      questions.changed.on(changed),
    ];
    const next = (): StreamEvent => {
      const found = isFirst
        ? {
            servers: servers.rows(),
            goneServers: [],
            runs: runs.rows({ offset: 0, limit: mostRuns }).rows,
            goneRuns: [],
          }
        : { ...changesOf(changedServers, servers), ...runChanges(changedRuns, runs) };
      const snapshot = isFirst;
      isFirst = false;
      changedServers.clear();
      changedRuns.clear();
      return { kind: "tree", snapshot, ...found, questions: questions.list() };
    };
    return {
      next,
      [Symbol.dispose]: () => {
        for (const remove of removals) remove();
      },
    };
  };
}

function changesOf(ids: Set<string>, servers: Servers) {
  const rows = [...ids].map((id) => ({ id, row: servers.row(id) }));
  return {
    servers: rows.flatMap(({ row }) => row ?? []),
    goneServers: rows.flatMap(({ id, row }) => (row === undefined ? [id] : [])),
  };
}

function runChanges(ids: Set<string>, runs: Runs) {
  const rows = [...ids].map((id) => ({ id, row: rowOf(id, runs) }));
  return {
    runs: rows.flatMap(({ row }) => row ?? []),
    goneRuns: rows.flatMap(({ id, row }) => (row === undefined ? [id] : [])),
  };
}

function rowOf(runId: string, runs: Runs): RunRow | undefined {
  try {
    return runs.row(runId);
  } catch {
    return undefined; // Pruned.
  }
}
