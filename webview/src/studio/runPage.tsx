import type { RunRow } from "agentscope-distributed-daemon/protocol";
import { useEffect, useState } from "preact/hooks";
import type { Daemon } from "../daemon/daemon.js";
import { Link } from "./navigation.js";
import { RunOutput } from "./runOutput.js";
import { StopRun } from "./runsPage.js";
import { StateMark } from "./stateMark.js";
import { useNow } from "./useNow.js";
import { count, duration, runName } from "./words.js";

/** The most that is shown of what a run wrote. */
const mostOutput = 500_000;

interface Shown {
  run: RunRow;
  output: string;
}

/** One run: what it is, and what it writes. */
export function RunPage({ daemon, runId }: { daemon: Daemon; runId: string }) {
  const [shown, setShown] = useState<Shown>();
  const [ended, setEnded] = useState<string>();
  useEffect(() => {
    setShown(undefined);
    return daemon.follow({ topic: "run", runId }, (event) => {
      if (event.kind === "ended") setEnded(event.reason);
      if (event.kind !== "run") return;
      setEnded(undefined);
      setShown((before) => {
        const written = (event.snapshot ? "" : (before?.output ?? "")) + event.output;
        return { run: event.run, output: written.slice(-mostOutput) };
      });
    });
  }, [daemon, runId]);
  return (
    <main class="page">
      <p class="back">
        <Link to={{ page: "runs" }}>Runs</Link>
      </p>
      {shown === undefined ? (
        <>
          <h1>Run</h1>
          <p class="nothing">{ended ?? "Loading …"}</p>
        </>
      ) : (
        <>
          <RunHead daemon={daemon} run={shown.run} />
          <RunOutput run={shown.run} text={shown.output} />
        </>
      )}
    </main>
  );
}

function RunHead({ daemon, run }: { daemon: Daemon; run: RunRow }) {
  const nowMs = useNow(run.state === "running");
  const facts = [
    duration((run.endedAtMs ?? nowMs) - run.startedAtMs),
    count(run.agents, "agent"),
    count(run.calls, "call"),
    ...(run.failedCalls > 0 ? [count(run.failedCalls, "error")] : []),
  ];
  return (
    <>
      <header class="run-head">
        <h1>{runName(run)}</h1>
        <StateMark state={run.state} />
        <span class="quiet">{facts.join(" · ")}</span>
        <StopRun daemon={daemon} run={run} />
      </header>
      <p class="quiet">
        {new Date(run.startedAtMs).toLocaleString()} · {run.cwd}
      </p>
      {run.error !== undefined && <p class="failure">{run.error}</p>}
    </>
  );
}
