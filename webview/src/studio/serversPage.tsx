import { forgetServer, type ServerRow, stopServer } from "agentscope-distributed-daemon/protocol";
import { useState } from "preact/hooks";
import type { Daemon } from "../daemon/daemon.js";
import { inBytes, inCount, inPercent, inPerSecond } from "../resources/quantity.js";
import { serverName } from "../resources/shownServers.js";
import { useConfirm } from "./confirm.js";
import { Link } from "./navigation.js";
import { ServerAgents } from "./serverAgents.js";
import { StateMark } from "./stateMark.js";
import { isAlive, type Tree } from "./treeModel.js";
import { count } from "./words.js";

export function ServersPage({ daemon, tree }: { daemon: Daemon; tree: Tree | undefined }) {
  const servers = [...(tree?.servers.values() ?? [])];
  return (
    <main class="page">
      <h1>Servers</h1>
      {tree !== undefined && servers.length === 0 && (
        <p class="nothing">
          No agent server is there. Start one with <code>npx as-server</code>, or run a script that does.
        </p>
      )}
      {servers.length > 0 && (
        <div class="table-scroll" tabIndex={0} role="region" aria-label="Agent servers">
          <table class="rows">
            <thead>
              <tr>
                <th scope="col">Server</th>
                <th scope="col">State</th>
                <th scope="col">Kind</th>
                <th scope="col" class="number">
                  CPU
                </th>
                <th scope="col" class="number">
                  Memory
                </th>
                <th scope="col" class="number">
                  Queue
                </th>
                <th scope="col" class="number">
                  Calls
                </th>
                <th scope="col" class="number">
                  Agents
                </th>
                <th scope="col">
                  <span class="heard">Actions</span>
                </th>
              </tr>
            </thead>
            {servers.map((row) => (
              <ServerRows key={row.serverId} daemon={daemon} row={row} />
            ))}
          </table>
        </div>
      )}
    </main>
  );
}

/** A server, and its agents when it is opened. */
function ServerRows({ daemon, row }: { daemon: Daemon; row: ServerRow }) {
  const [isOpen, setOpen] = useState(false);
  const name = serverName(row);
  const { resources, serverId } = row;
  const used = isAlive(row) ? resources : undefined;
  return (
    <tbody>
      <tr>
        <th scope="row">
          <button type="button" class="tool expander" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
              <path d="M6 3.5 10.5 8 6 12.5z" />
            </svg>
            {name}
          </button>
        </th>
        <td title={row.detail}>
          <StateMark state={row.state} />
        </td>
        <td class="quiet">{row.kind}</td>
        <td class="number">{used && inPercent(used.cpuPercent)}</td>
        <td class="number">{used && inBytes(used.memoryBytes)}</td>
        <td class="number">{used && inCount(used.queued)}</td>
        <td class="number">{used && inPerSecond(used.callsPerSecond)}</td>
        <td class="number">{row.agents.toLocaleString("en-US")}</td>
        <td class="actions">
          <Link to={{ page: "resources", serverId }} class="tool" label={`Resources of ${name}`}>
            Resources
          </Link>
          <ServerEnd daemon={daemon} row={row} />
        </td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={9} class="inner">
            <ServerAgents daemon={daemon} serverId={serverId} serverName={name} />
          </td>
        </tr>
      )}
    </tbody>
  );
}

function ServerEnd({ daemon, row }: { daemon: Daemon; row: ServerRow }) {
  const confirm = useConfirm();
  const { serverId, agents } = row;
  const name = serverName(row);
  const stop = () =>
    confirm({
      title: `Stop the agent server ${name}?`,
      detail: agents > 0 ? `It has ${count(agents, "agent")}, which end with it.` : "It has no agents.",
      action: "Stop",
      act: () => daemon.ask(stopServer, { serverId }),
    });
  const remove = () =>
    confirm({
      title: `Remove ${name} from the list?`,
      detail: "Nothing is ended by it.",
      action: "Remove",
      act: () => daemon.ask(forgetServer, { serverId }),
    });
  return isAlive(row) ? (
    <button type="button" class="tool" aria-label={`Stop ${name}`} onClick={stop}>
      Stop
    </button>
  ) : (
    <button type="button" class="tool" aria-label={`Remove ${name}`} onClick={remove}>
      Remove
    </button>
  );
}
