import { type AgentRow, deleteAgent, deleteAllAgents } from "agentscope-distributed-daemon/protocol";
import { useState } from "preact/hooks";
import type { Daemon } from "../daemon/daemon.js";
import { agentsOfPage, useAgentPage } from "./agentPage.js";
import { useConfirm } from "./confirm.js";
import { Link } from "./navigation.js";
import { Pager } from "./pager.js";
import { agentActivity, count } from "./words.js";

export interface ServerAgentsProps {
  daemon: Daemon;
  serverId: string;
  serverName: string;
}

export function ServerAgents({ daemon, serverId, serverName }: ServerAgentsProps) {
  const [filter, setFilter] = useState("");
  const [offset, setOffset] = useState(0);
  const confirm = useConfirm();
  const page = useAgentPage(daemon, { serverId, offset, filter });
  const total = page?.total ?? 0;
  const deleteAll = () =>
    confirm({
      title: `Delete all agents of ${serverName}?`,
      detail: "They and what they remember will be gone.",
      action: "Delete All",
      act: () => daemon.ask(deleteAllAgents, { serverId }),
    });
  return (
    <section class="agents" aria-label={`Agents of ${serverName}`}>
      <div class="agents-tools">
        <input
          class="field"
          type="search"
          placeholder="Name, class or id"
          aria-label={`Filter the agents of ${serverName}`}
          value={filter}
          onInput={({ currentTarget }) => {
            setFilter(currentTarget.value);
            setOffset(0);
          }}
        />
        <span class="quiet" role="status">
          {page && (page.ended ?? count(total, "agent"))}
        </span>
        <Pager total={total} offset={offset} size={agentsOfPage} onOffset={setOffset} />
        {total > 0 && filter === "" && (
          <button type="button" class="tool" onClick={deleteAll}>
            Delete all …
          </button>
        )}
      </div>
      {page !== undefined && page.rows.length > 0 && (
        <table class="rows">
          <thead>
            <tr>
              <th scope="col">Agent</th>
              <th scope="col">Class</th>
              <th scope="col">State</th>
              <th scope="col" class="number">
                Queue
              </th>
              <th scope="col">
                <span class="heard">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {page.rows.map((row) => (
              <AgentLine key={row.agentId} daemon={daemon} row={row} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function AgentLine({ daemon, row }: { daemon: Daemon; row: AgentRow }) {
  const confirm = useConfirm();
  const { serverId, agentId, name, className, state } = row;
  const remove = () =>
    confirm({
      title: `Delete the agent ${name}?`,
      detail: "It and what it remembers will be gone.",
      action: "Delete",
      act: () => daemon.ask(deleteAgent, { serverId, agentId }),
    });
  return (
    <tr>
      <th scope="row" title={agentId}>
        {name}
      </th>
      <td class="quiet">{className}</td>
      <td title={state?.error}>{agentActivity(row)}</td>
      <td class="number">{state?.queueLength}</td>
      <td class="actions">
        <Link to={{ page: "memory", agent: { serverId, agentId } }} class="tool" label={`Memory of ${name}`}>
          Memory
        </Link>
        {!row.lost && (
          <button type="button" class="tool" aria-label={`Delete ${name}`} onClick={remove}>
            Delete
          </button>
        )}
      </td>
    </tr>
  );
}
