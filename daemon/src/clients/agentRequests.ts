import { z } from "zod";
import { agentMemory, cloneAgent, countAgents, deleteAgent, deleteAllAgents, listAgents } from "../protocol/index.js";
import type { Runs } from "../runs/runs.js";
import type { Servers } from "../servers/servers.js";
import { id, page } from "./forms.js";
import { type Answer, answerTo } from "./request.js";

const one = z.object({ serverId: id, agentId: id });
const list = z.object({
  ...page,
  serverId: id.optional(),
  runId: id.optional(),
  filter: z.string().max(1000).optional(),
  states: z.boolean().optional(),
});

/** The most classes that are counted at once: those of a file. */
const mostClasses = 100;

export function agentRequests({ servers, runs }: { servers: Servers; runs: Runs }): Answer[] {
  return [
    answerTo(listAgents, list, (query) => servers.agents(query)),
    answerTo(countAgents, z.object({ classNames: z.array(id).max(mostClasses) }), ({ classNames }) =>
      Object.fromEntries(
        classNames.map((name) => [name, servers.agentsOfClass(name) + runs.ownAgentsOfClass(name)] as const),
      ),
    ),
    answerTo(deleteAgent, one, async ({ serverId, agentId }) => {
      await servers.deleteAgent(serverId, agentId);
      return {};
    }),
    answerTo(deleteAllAgents, z.object({ serverId: id }), async ({ serverId }) => {
      await servers.deleteAllAgents(serverId);
      return {};
    }),
    answerTo(cloneAgent, one, ({ serverId, agentId }) => servers.cloneAgent(serverId, agentId)),
    answerTo(agentMemory, z.object({ ...one.shape, ...page }), (request) => servers.memory(request)),
  ];
}
