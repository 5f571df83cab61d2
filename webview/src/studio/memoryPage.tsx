import { type AgentRow, listAgents } from "agentscope-distributed-daemon/protocol";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Daemon } from "../daemon/daemon.js";
import { MemoryView } from "../memory/memoryView.js";
import { serverName } from "../resources/shownServers.js";
import { agentsOfPage } from "./agentPage.js";
import { browserShell } from "./browserShell.js";
import { Link } from "./navigation.js";
import { Pager } from "./pager.js";
import type { Tree } from "./treeModel.js";

/** What one agent remembers. */
export function MemoryPage({ daemon, serverId, agentId }: { daemon: Daemon; serverId: string; agentId: string }) {
  const [name, setName] = useState(agentId);
  useEffect(() => {
    const named = daemon.ask(listAgents, { serverId, filter: agentId, offset: 0, limit: agentsOfPage });
    // The view itself tells of an agent that is not there.
    named.then(
      ({ rows }) => setName(rows.find((row) => row.agentId === agentId)?.name ?? agentId),
      () => {},
    );
  }, [daemon, serverId, agentId]);
  const subject = useMemo(() => ({ serverId, agentId, name }), [serverId, agentId, name]);
  const shell = useMemo(() => browserShell(`memory ${serverId} ${agentId}`), [serverId, agentId]);
  return <MemoryView daemon={daemon} shell={shell} subject={subject} />;
}

/** The agents, to choose one. */
export function AgentChoice({ daemon, tree }: { daemon: Daemon; tree: Tree | undefined }) {
  const [filter, setFilter] = useState("");
  const [offset, setOffset] = useState(0);
  const page = useAllAgents(daemon, { filter, offset, tree });
  const nameOf = (serverId: string) => {
    const row = tree?.servers.get(serverId);
    return row === undefined ? serverId : serverName(row);
  };
  return (
    <main class="page">
      <h1>Memory</h1>
      <div class="agents-tools">
        <input
          class="field"
          type="search"
          placeholder="Name, class or id"
          aria-label="Filter the agents"
          value={filter}
          onInput={({ currentTarget }) => {
            setFilter(currentTarget.value);
            setOffset(0);
          }}
        />
        <Pager total={page?.total ?? 0} offset={offset} size={agentsOfPage} onOffset={setOffset} />
      </div>
      {page?.total === 0 && <p class="nothing">{filter === "" ? "No agent is there." : "No agent is called so."}</p>}
      {page !== undefined && page.total > 0 && (
        <table class="rows">
          <thead>
            <tr>
              <th scope="col">Agent</th>
              <th scope="col">Class</th>
              <th scope="col">Server</th>
            </tr>
          </thead>
          <tbody>
            {page.rows.map(({ serverId, agentId, name, className }) => (
              <tr key={`${serverId} ${agentId}`}>
                <th scope="row" title={agentId}>
                  <Link to={{ page: "memory", agent: { serverId, agentId } }}>{name}</Link>
                </th>
                <td class="quiet">{className}</td>
                <td class="quiet">{nameOf(serverId)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </main>
  );
}

interface Wanted {
  filter: string;
  offset: number;
  tree: Tree | undefined;
}

/** A page of the agents of all servers; asked for again when a server has another number of them. */
function useAllAgents(
  daemon: Daemon,
  { filter, offset, tree }: Wanted,
): { rows: AgentRow[]; total: number } | undefined {
  const [page, setPage] = useState<{ rows: AgentRow[]; total: number }>();
  const numbers = [...(tree?.servers.values() ?? [])].map(({ serverId, agents }) => `${serverId} ${agents}`).join("\n");
  useEffect(() => {
    let isWanted = tree !== undefined;
    const show = (given: { rows: AgentRow[]; total: number }) => {
      if (isWanted) setPage(given);
    };
    if (isWanted) {
      const query = { offset, limit: agentsOfPage, ...(filter !== "" && { filter }) };
      // Without a connection the page says so, and asks again after it.
      daemon.ask(listAgents, query).then(show, () => {});
    }
    return () => {
      isWanted = false;
    };
  }, [daemon, filter, offset, numbers]);
  return page;
}
