import type { Outcome, Program } from "./program.js";
import { type Deployment, scriptRun } from "./scriptRun.js";
import { sequentialRun } from "./sequentialRun.js";

const defaultTimeoutMs = 15_000;

/** Runs programs beside each other; gives what they gave, and what they should have given. */
export async function runPrograms(
  programs: readonly Program[],
  deployment: Deployment,
  { timeoutMs = defaultTimeoutMs }: { timeoutMs?: number } = {},
): Promise<{ outcomes: (Outcome | string)[]; expected: Outcome[] }> {
  const models = programs.map((random) => ({ random, ...sequentialRun(random) }));
  const runs = models.map(({ random, steps }) => inTime(scriptRun(random, steps, deployment), timeoutMs));
  return { outcomes: await Promise.all(runs), expected: models.map(({ outcome }) => outcome) };
}

function inTime(run: Promise<Outcome>, timeoutMs: number): Promise<Outcome | string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(`the run did not end within ${timeoutMs} ms`), timeoutMs);
    run.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}

/** The same program without child processes: the ways to them can't be cut, and other limits of theirs not be set. */
export function onServers({ agents, steps }: Program, serverCount: number): Program {
  return {
    agents: agents.map((agent, index) => ({
      ...agent,
      place: agent.place === "child" ? index % serverCount : agent.place,
    })),
    steps,
  };
}
