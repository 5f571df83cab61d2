import type { LineStyle } from "./palette.js";
import { LineMark } from "./lineMark.js";
import type { ShownServer } from "./shownServers.js";

export interface LegendProps {
  servers: readonly ShownServer[];
  styleOf: (serverId: string) => LineStyle;
  hidden: ReadonlySet<string>;
  onHidden: (hidden: ReadonlySet<string>) => void;
}

/** The servers: a press shows or hides one, a double click shows it alone. */
export function Legend({ servers, styleOf, hidden, onHidden }: LegendProps) {
  const isAnyHidden = servers.some(({ serverId }) => hidden.has(serverId));

  function toggle(serverId: string): void {
    const next = new Set(hidden);
    if (!next.delete(serverId)) next.add(serverId);
    onHidden(next);
  }

  const only = (serverId: string) => new Set(servers.map((server) => server.serverId).filter((id) => id !== serverId));

  return (
    <div class="legend" role="group" aria-label="Servers">
      {servers.map(({ serverId, name, isThere, state }) => (
        <button
          key={serverId}
          type="button"
          class="legend-server"
          aria-pressed={!hidden.has(serverId)}
          title={`${serverId}\nDouble click: this one alone`}
          onClick={() => toggle(serverId)}
          onDblClick={() => onHidden(only(serverId))}
        >
          <LineMark style={styleOf(serverId)} />
          <span>{name}</span>
          {!isThere && <span class="quiet">{state}</span>}
        </button>
      ))}
      {isAnyHidden && (
        <button type="button" class="tool" onClick={() => onHidden(new Set())}>
          Show all
        </button>
      )}
    </div>
  );
}
