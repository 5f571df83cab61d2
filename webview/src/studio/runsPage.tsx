import { type RunRow, stopRun } from "agentscope-distributed-daemon/protocol";
import type { Daemon } from "../daemon/daemon.js";
import { useConfirm } from "./confirm.js";
import { Link } from "./navigation.js";
import { StateMark } from "./stateMark.js";
import type { Tree } from "./treeModel.js";
import { useNow } from "./useNow.js";
import { duration, runName } from "./words.js";

export function RunsPage({ daemon, tree }: { daemon: Daemon; tree: Tree | undefined }) {
  const runs = [...(tree?.runs.values() ?? [])].sort((a, b) => b.startedAtMs - a.startedAtMs);
  const nowMs = useNow(runs.some(({ state }) => state === "running"));
  return (
    <main class="page">
      <h1>Runs</h1>
      {tree !== undefined && runs.length === 0 && (
        <p class="nothing">
          No script has run yet. A script that uses AgentScope Distributed is here as soon as it runs:{" "}
          <code>npx as-studio run SCRIPT</code>
        </p>
      )}
      {runs.length > 0 && (
        <div class="table-scroll" tabIndex={0} role="region" aria-label="Runs">
          <table class="rows">
            <thead>
              <tr>
                <th scope="col">Run</th>
                <th scope="col">State</th>
                <th scope="col">Started</th>
                <th scope="col" class="number">
                  Duration
                </th>
                <th scope="col" class="number">
                  Agents
                </th>
                <th scope="col" class="number">
                  Calls
                </th>
                <th scope="col" class="number">
                  Errors
                </th>
                <th scope="col">
                  <span class="heard">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <RunLine key={run.runId} daemon={daemon} run={run} nowMs={nowMs} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </main>
  );
}

function RunLine({ daemon, run, nowMs }: { daemon: Daemon; run: RunRow; nowMs: number }) {
  const { runId, state, startedAtMs, endedAtMs, agents, calls, failedCalls, project } = run;
  return (
    <tr>
      <th scope="row">
        <Link to={{ page: "runs", runId }}>{runName(run)}</Link> <span class="quiet">{project}</span>
      </th>
      <td title={run.error}>
        <StateMark state={state} />
      </td>
      <td class="quiet">{new Date(startedAtMs).toLocaleString()}</td>
      <td class="number">{duration((endedAtMs ?? nowMs) - startedAtMs)}</td>
      <td class="number">{agents.toLocaleString("en-US")}</td>
      <td class="number">{calls.toLocaleString("en-US")}</td>
      <td class={failedCalls > 0 ? "number failure" : "number"}>{failedCalls.toLocaleString("en-US")}</td>
      <td class="actions">
        <StopRun daemon={daemon} run={run} />
      </td>
    </tr>
  );
}

/** Nothing, for a run that has ended. */
export function StopRun({ daemon, run }: { daemon: Daemon; run: RunRow }) {
  const confirm = useConfirm();
  if (run.state !== "running") return null;
  const name = runName(run);
  const stop = () =>
    confirm({
      title: `Stop the run ${name}?`,
      detail: "Its script is asked to end, and is ended when it does not.",
      action: "Stop",
      act: () => daemon.ask(stopRun, { runId: run.runId }),
    });
  return (
    <button type="button" class="tool" aria-label={`Stop ${name}`} onClick={stop}>
      Stop
    </button>
  );
}
