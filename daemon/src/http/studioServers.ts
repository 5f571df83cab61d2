import { studioErrorCode } from "agentscope-distributed/studio";
import type { Context } from "hono";
import { z } from "zod";
import { hostName, id, pageLimit, portNumber } from "../clients/forms.js";
import { StudioError } from "../errors.js";
import type { MessageRecord, ServerRow } from "../protocol/index.js";
import type { Servers } from "../servers/servers.js";
import type { Route } from "./app.js";
import { bodyOf } from "./body.js";
import type { HttpEnv } from "./httpEnv.js";
import { pythonTime } from "./pythonTime.js";

const ok = { status: "ok" };
const registration = z.object({ server_id: id, host: hostName, port: portNumber });
const deletion = z.object({ server_id: id, stop: z.boolean().optional() });
const oneAgent = z.object({ server_id: id, agent_id: id });
const agentsToDelete = z.object({ server_id: id, agent_id: id.nullish() });

/** What AgentScope Studio answers for agent servers, with the names and answers that AgentScope 0.1 knows. */
export function studioServerRoutes(servers: Servers, startedAtMs: number): Route[] {
  const firstSeenMs = new Map<string, number>();
  servers.changed.on((serverId) => {
    if (servers.row(serverId) === undefined) firstSeenMs.delete(serverId);
    else if (!firstSeenMs.has(serverId)) firstSeenMs.set(serverId, Date.now());
  });
  return [
    {
      method: "POST",
      path: "/api/servers/register",
      answer: async (context) => {
        const { server_id: serverId, host, port } = await bodyOf(context, registration);
        await servers.registerByHttp({ serverId, host, port });
        return context.json(ok);
      },
    },
    {
      method: "GET",
      path: "/api/servers/all",
      answer: (context) =>
        context.json(
          servers.rows().map(({ serverId, host, port }) => {
            const create_time = pythonTime(firstSeenMs.get(serverId) ?? startedAtMs);
            return { id: serverId, host, port, create_time };
          }),
        ),
    },
    {
      method: "GET",
      path: "/api/servers/status/:id",
      answer: (context) => context.json(statusOf(known(servers, context.req.param("id") ?? ""))),
    },
    {
      method: "POST",
      path: "/api/servers/delete",
      answer: async (context) => {
        const { server_id: serverId, stop } = await bodyOf(context, deletion);
        mayActOn(known(servers, serverId), context);
        if (stop === true) await servers.stop(serverId);
        // Stopping takes some kinds of servers from the list by itself.
        if (servers.row(serverId) !== undefined) servers.forget(serverId);
        return context.json(ok);
      },
    },
    {
      method: "GET",
      path: "/api/servers/agent_info/:id",
      answer: async (context) => {
        const { serverId } = mayActOn(known(servers, context.req.param("id") ?? ""), context);
        return context.json(await thumbnails(servers, serverId));
      },
    },
    {
      method: "POST",
      path: "/api/servers/agents/delete",
      answer: async (context) => {
        const { server_id: serverId, agent_id: agentId } = await bodyOf(context, agentsToDelete);
        mayActOn(known(servers, serverId), context);
        const deleted = agentId == null ? servers.deleteAllAgents(serverId) : servers.deleteAgent(serverId, agentId);
        return context.json(await deleted.then(() => ok, failedIfUnknown));
      },
    },
    {
      method: "POST",
      path: "/api/servers/agents/memory",
      answer: async (context) => {
        const { server_id: serverId, agent_id: agentId } = await bodyOf(context, oneAgent);
        mayActOn(known(servers, serverId), context);
        return context.json(await wholeMemory(servers, { serverId, agentId }));
      },
    },
    {
      method: "GET",
      path: "/api/servers/alloc",
      answer: (context) => {
        const row = servers.leastLoaded();
        if (row === undefined) throw StudioError.none("no agent server is there that lets in everybody");
        return context.json({ host: row.host, port: row.port });
      },
    },
  ];
}

function known(servers: Servers, serverId: string): ServerRow {
  const row = servers.row(serverId);
  if (row === undefined) throw StudioError.notFound("server", serverId);
  return row;
}

/** @throws StudioError for a server that asks for a token, when the daemon's was not shown: the daemon knows it, whoever asks may not. */
function mayActOn(row: ServerRow, context: Context<HttpEnv>): ServerRow {
  if (context.get("isOwner") || row.access === "open") return row;
  throw new StudioError(
    studioErrorCode.unauthenticated,
    `${row.serverId} does not let in everybody: show the daemon's token, as Authorization: Bearer TOKEN`,
  );
}

function statusOf({ state, resources, agents }: ServerRow): object {
  if (state !== "ready" && state !== "busy") return { status: "dead" };
  // In percent and MB, as AgentScope 0.1 has them.
  const { cpuPercent = 0, memoryBytes = 0 } = resources ?? {};
  return { status: "running", cpu: cpuPercent, mem: memoryBytes / 2 ** 20, size: agents };
}

/** AgentScope 0.1 answers an unknown agent with a status of its own, and no error. */
function failedIfUnknown(thrown: unknown): { status: string } {
  if (StudioError.from(thrown).code === studioErrorCode.notFound) return { status: "fail" };
  throw thrown;
}

/** All of them: AgentScope 0.1 knows no pages. */
async function thumbnails(servers: Servers, serverId: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let offset = 0; ; offset += pageLimit) {
    const { rows, total } = await servers.agents({ serverId, offset, limit: pageLimit, states: true });
    for (const { lost, state, name, className, agentId } of rows) {
      const brief = { name, type: className, agent_id: agentId };
      if (!lost) found.push(state?.thumbnail === undefined ? brief : (JSON.parse(state.thumbnail) as unknown));
    }
    if (offset + rows.length >= total || rows.length === 0) return found;
  }
}

async function wholeMemory(servers: Servers, agent: { serverId: string; agentId: string }): Promise<MessageRecord[]> {
  const found: MessageRecord[] = [];
  for (;;) {
    const { rows, total } = await servers.memory({ ...agent, offset: found.length, limit: pageLimit });
    found.push(...rows);
    if (rows.length === 0 || found.length >= total) return found;
  }
}
