import { agentMemory, type MessageRecord } from "agentscope-distributed-daemon/protocol";
import type { DaemonClient } from "../daemon/daemonClient.js";
import type { AgentSubject } from "./agentSubject.js";

const pageSize = 500;

/** All that an agent remembers, oldest first. @throws DaemonFailure */
export async function readMemory(
  client: Pick<DaemonClient, "request">,
  { serverId, agentId }: AgentSubject,
): Promise<MessageRecord[]> {
  const messages: MessageRecord[] = [];
  for (;;) {
    const page = { serverId, agentId, offset: messages.length, limit: pageSize };
    const { rows, total } = await client.request(agentMemory, page);
    messages.push(...rows);
    if (rows.length === 0 || messages.length >= total) return messages;
  }
}
