import { StudioError } from "../errors.js";
import {
  getPlaceholder,
  listAgents,
  listPlaceholders,
  listQuestions,
  listRuns,
  listServers,
  type AgentRow,
  type QuestionRow,
  type RunRow,
  type ServerRow,
} from "../protocol/index.js";
import { type Asking, pageLimit } from "./asking.js";
import { oneLine } from "./printable.js";

/** What a person typed names: by its id, the beginning of its id, or its name. */

/** @throws StudioError that says what to type. */
export async function findServer(daemon: Asking, typed: string): Promise<ServerRow> {
  const servers = await daemon.request(listServers, {});
  return only(servers, typed, { what: "server", id: (row) => row.serverId, list: "as-studio ps" });
}

/** A server, or a run that goes on. @throws StudioError that says what to type. */
export async function findStoppable(
  daemon: Asking,
  typed: string,
): Promise<{ serverId: string; runId?: undefined } | { serverId?: undefined; runId: string }> {
  const servers = await daemon.request(listServers, {});
  const { rows } = await daemon.request(listRuns, { offset: 0, limit: pageLimit });
  const found = [
    ...servers.map(({ serverId }) => ({ id: serverId, name: "", stoppable: { serverId } })),
    ...rows
      .filter((row) => row.state === "running")
      .map(({ runId, name }) => ({ id: runId, name, stoppable: { runId } })),
  ];
  const naming = { id: (row: (typeof found)[number]) => row.id, name: (row: (typeof found)[number]) => row.name };
  return only(found, typed, { ...naming, what: "server or run", list: "as-studio ps" }).stoppable;
}

/** @throws StudioError that says what to type. */
export async function findRun(daemon: Asking, typed: string): Promise<RunRow> {
  const { rows } = await daemon.request(listRuns, { offset: 0, limit: pageLimit });
  return only(rows, typed, { what: "run", id: (row) => row.runId, name: (row) => row.name, list: "as-studio ps" });
}

/** @throws StudioError that says what to type. */
export async function findQuestion(daemon: Asking, typed: string): Promise<QuestionRow> {
  const questions = await daemon.request(listQuestions, {});
  return only(questions, typed, {
    what: "open question",
    id: (row) => row.questionId,
    name: (row) => row.agent,
    list: "as-studio answer",
  });
}

/** An agent that lives on a server. @throws StudioError that says what to type. */
export async function findAgent(daemon: Asking, typed: string): Promise<AgentRow> {
  const { rows } = await daemon.request(listAgents, { offset: 0, limit: pageLimit, filter: typed });
  return only(rows, typed, {
    what: "agent",
    id: (row) => row.agentId,
    name: (row) => row.name,
    where: (row) => `on ${row.serverId}`,
    list: "as-studio ps",
  });
}

/** What can wait: an agent, also one of a script's own process that has calls, or a placeholder. @throws StudioError */
export async function findWaiting(
  daemon: Asking,
  typed: string,
): Promise<{ agentId: string; name: string } | { placeholderId: string; name: string }> {
  const agents = new Map<string, { agentId: string; name: string }>();
  const { rows } = await daemon.request(listAgents, { offset: 0, limit: pageLimit, filter: typed });
  for (const { agentId, name } of rows) agents.set(agentId, { agentId, name });
  for (const { agentId, agent } of await openCalls(daemon)) agents.set(agentId, { agentId, name: agent });
  const isNamed = [...agents.values()].some((agent) => agent.name === typed || agent.agentId.startsWith(typed));
  if (!isNamed && typed.includes("/")) {
    const { agent } = await daemon.request(getPlaceholder, { placeholderId: typed });
    return { placeholderId: typed, name: agent };
  }
  return only([...agents.values()], typed, {
    what: "agent",
    id: (agent) => agent.agentId,
    name: (agent) => agent.name,
    list: "as-studio ps",
  });
}

async function openCalls(daemon: Asking): Promise<{ agentId: string; agent: string }[]> {
  const { rows: runs } = await daemon.request(listRuns, { offset: 0, limit: pageLimit });
  const pages = runs
    .filter((run) => run.state === "running")
    .map(({ runId }) => daemon.request(listPlaceholders, { runId, open: true, offset: 0, limit: pageLimit }));
  return (await Promise.all(pages)).flatMap((page) => page.rows);
}

interface Naming<Row> {
  what: string;
  id: (row: Row) => string;
  name?: (row: Row) => string;
  /** Tells those of one name apart. */
  where?: (row: Row) => string;
  /** The command that lists them. */
  list: string;
}

function only<Row>(rows: readonly Row[], typed: string, naming: Naming<Row>): Row {
  const { what, id, name, where, list } = naming;
  const exact = rows.filter((row) => id(row) === typed);
  const named = exact.length > 0 ? exact : rows.filter((row) => name?.(row) === typed);
  const found = named.length > 0 ? named : rows.filter((row) => typed !== "" && id(row).startsWith(typed));
  const [first] = found;
  if (first === undefined) {
    throw StudioError.refused(
      `there is no ${what} ${JSON.stringify(oneLine(typed))}; ${list} shows those that are there`,
    );
  }
  if (found.length === 1) return first;
  const ids = found
    .slice(0, 10)
    .map((row) => `  ${oneLine(id(row), 200)}${where === undefined ? "" : ` ${where(row)}`}`);
  const typedText = JSON.stringify(oneLine(typed));
  throw StudioError.refused(`${typedText} can mean each of these; type the id of one:\n${ids.join("\n")}`);
}
