import type { AgentRow } from "../../protocol/index.js";
import type { Runs } from "../../runs/runs.js";
import type { Servers } from "../../servers/servers.js";
import { pageLimit } from "../forms.js";

/** Agents of all servers are looked through for those of a run: not more often than this. */
const lookEveryMs = 1000;

/** The agents of a run, those that were not shown yet, or differently. */
export class RunAgents implements Disposable {
  private readonly shown = new Map<string, string>();
  private isChanged = true;
  private looking: NodeJS.Timeout | undefined;
  private readonly remove: () => void;

  /** @param changed to be told when {@link next} would have something to tell */
  constructor(
    private readonly parts: { runs: Runs; servers: Servers },
    private readonly runId: string,
    changed: () => void,
  ) {
    this.remove = parts.servers.agentsChanged.on(() => {
      this.looking ??= setTimeout(() => {
        this.looking = undefined;
        this.isChanged = true;
        changed();
      }, lookEveryMs).unref();
    });
  }

  /** @param all also those that were shown */
  async next(all: boolean): Promise<AgentRow[]> {
    const { runs, servers } = this.parts;
    const { runId } = this;
    if (all) this.shown.clear();
    const own = runs.ownAgents(runId).map(([agentId, name, className]) => ({
      ...{ agentId, serverId: "", name, className, runId, lost: false },
    }));
    const elsewhere =
      all || this.isChanged ? await servers.agents({ runId, offset: 0, limit: pageLimit }) : { rows: [] };
    this.isChanged = false;
    return [...own.slice(0, pageLimit), ...elsewhere.rows].filter((row) => {
      const text = JSON.stringify(row);
      if (this.shown.get(row.agentId) === text) return false;
      this.shown.set(row.agentId, text);
      return true;
    });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.looking);
    this.remove();
  }
}
