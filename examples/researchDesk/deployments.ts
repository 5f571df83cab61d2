import { fileURLToPath } from "node:url";
import { init } from "agentscope-distributed";
import { AgentServerProcess, type ServerAddress } from "./agentServerProcess.js";
import { openDesk } from "./openDesk.js";
import { type ResearchInput, type ResearchResult, runResearch } from "./runResearch.js";
import { wallClock } from "./workSpan.js";

/** What the agent server may load: the desk's agents. */
const agentDir = fileURLToPath(new URL("agents", import.meta.url));

/** All agents in this process, on its one thread. */
export function runLocal(input: ResearchInput): Promise<ResearchResult> {
  const startedAt = wallClock();
  const desk = openDesk({
    readers: input.batches.map(() => "here"),
    critic: "here",
    editor: "here",
    modelConfigName: input.model.name,
  });
  return runResearch(desk, startedAt, input);
}

export interface DistributedResult extends ResearchResult {
  readonly server: ServerAddress & { readonly processId: number };
}

/**
 * Half of the readers and the editor in child processes; the other readers and the critic on an agent server that is
 * started for this run. Starting all of them is part of the time.
 */
export async function runDistributed(input: ResearchInput): Promise<DistributedResult> {
  const startedAt = wallClock();
  const onServer = Math.max(1, Math.floor(input.batches.length / 2));
  const inChildren = input.batches.length - onServer;
  init({ maxChildServers: Math.max(1, inChildren) });
  await using server = new AgentServerProcess({ agentDir, workers: onServer, modelConfigPath: input.model.configPath });
  const desk = openDesk({
    readers: input.batches.map((_, index) => (index < inChildren ? "child" : server.address)),
    critic: server.address,
    editor: "child",
    modelConfigName: input.model.name,
  });
  const result = await runResearch(desk, startedAt, input);
  return { ...result, server: { ...(await server.address), processId: server.processId } };
}
