import type { MessageRecord } from "agentscope-distributed/studio";
import type { PlaceholderRow } from "../../protocol/index.js";
import type { Servers } from "../../servers/servers.js";

/** A person who points at a call waits no longer for what its agent remembers. */
const patienceMs = 800;

/** The newest message that an agent remembers; undefined where its server does not say, or not in time. */
export async function lastMessage(
  { agentId, server }: PlaceholderRow,
  servers: Servers,
): Promise<MessageRecord | undefined> {
  const row = servers.rows().find(({ host, port, state }) => `${host}:${port}` === server && isThere(state));
  if (row === undefined) return undefined;
  const { serverId } = row;
  const read = async () => {
    const { total } = await servers.memory({ serverId, agentId, offset: 0, limit: 1 });
    if (total === 0) return undefined;
    return (await servers.memory({ serverId, agentId, offset: total - 1, limit: 1 })).rows.at(-1);
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((settle) => {
    timer = setTimeout(() => settle(undefined), patienceMs);
  });
  // Deleted meanwhile, or of a server that can't be asked: the rest is shown without it.
  return Promise.race([read().catch(() => undefined), late]).finally(() => clearTimeout(timer));
}

function isThere(state: string): boolean {
  return state === "ready" || state === "busy";
}
