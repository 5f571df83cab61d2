import type { Servers } from "../../servers/servers.js";
import type { OpenView } from "../view.js";

/** What agents do changes without anybody telling: servers are asked this often while somebody looks. */
const askEveryMs = 500;

/** A window of the agents of a server, with what each does. */
export function agentsView(
  servers: Servers,
  window: { serverId: string; offset: number; limit: number; filter?: string },
): OpenView {
  return (changed) => {
    let lastShown = "";
    const remove = servers.agentsChanged.on((serverId) => {
      if (serverId === window.serverId) changed();
    });
    const asking = setInterval(changed, askEveryMs).unref();
    return {
      next: async () => {
        const { total, offset, rows } = await servers.agents({ ...window, states: true });
        const shown = JSON.stringify([total, rows]);
        if (shown === lastShown) return undefined;
        lastShown = shown;
        return { kind: "agents", total, offset, rows };
      },
      [Symbol.dispose]: () => {
        remove();
        clearInterval(asking);
      },
    };
  };
}
