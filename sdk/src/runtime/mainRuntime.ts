import { basename } from "node:path";
import { isMainThread } from "node:worker_threads";
import type { DistOptions } from "../agents/distOptions.js";
import { AgentScopeError } from "../errors.js";
import { ChildServers } from "../launch/childServers.js";
import { studioOfChild } from "../launch/studioOfChild.js";
import { defaultChannelLimits } from "../link/channelLimits.js";
import { ownPeer } from "../link/peer.js";
import type { ServerAccess } from "../link/serverAccess.js";
import { StreamLink } from "../link/streamLink.js";
import { originOf } from "../messages/remoteFile.js";
import { settings } from "../orchestration/settings.js";
import { makePerson, personHere } from "../person/personHere.js";
import { ScriptRun } from "../studio/scriptRun.js";
import { AgentHost } from "./agentHost.js";
import { Connection } from "./connection.js";
import { Endpoint } from "./endpoint.js";
import type { HostedAgent } from "./hostedAgent.js";
import { tellOfHost } from "./hostTelemetry.js";
import { relayPrefix } from "./relayId.js";
import { currentTask } from "./task.js";
import { endTracedRun } from "./tracedCalls.js";
import type { Runtime } from "./threadRuntime.js";
import { randomUUID } from "../randomId.js";

/** The runtime of a process that is no agent server: one thread, which connects to servers and listens for none. */
export function makeMainRuntime(): Runtime {
  const instance = randomUUID();
  const self = ownPeer({ instance });
  const connections = new Map<string, Connection>();
  const byAccess = new Map<string, Connection>();
  const accesses = new Map<string, ServerAccess>();
  let connectionCount = 0;

  const isOwn = ({ id }: HostedAgent) => !id.startsWith(relayPrefix);
  const run = new ScriptRun({
    instance,
    agents: () => [...host.agents.values()].filter(isOwn),
    turn: () => currentTask()?.callId,
  });
  const host: AgentHost = new AgentHost({
    serverName: "main process",
    maxPoolSize: Number.POSITIVE_INFINITY,
    maxTimeoutSeconds: 7200,
    callTimeoutSeconds: settings.callTimeoutSeconds,
    person: personHere(() => host),
    makeResident: (id) => makePerson(id, run),
    events: {
      agentMade: (agent) => {
        if (isOwn(agent)) run.agentMade(agent);
      },
      agentDeleted: (agent) => {
        if (isOwn(agent)) run.agentDeleted(agent);
      },
      callBegun: () => {},
      callEnded: () => {},
    },
    findClass: (className) => {
      throw new AgentScopeError("AGENT_NOT_FOUND", `${className}: agents of the main process are made by its script`);
    },
  });

  function open(access: ServerAccess | Promise<ServerAccess>): { connection: Connection; link: StreamLink } {
    forgetLost();
    const id = `${instance}-${++connectionCount}`;
    const link = new StreamLink({ id, access, self });
    const connection = new Connection(endpoint, id, link);
    link.start(connection);
    return { connection, link };
  }

  /** A program that runs for months has to do with many servers, one after the other. */
  function forgetLost(): void {
    for (const known of [connections, byAccess]) {
      for (const [key, { lostError }] of known) if (lostError !== undefined) known.delete(key);
    }
  }

  /** What a connection lets in is for its token alone: another token has a connection of its own. */
  function connect(access: ServerAccess): Connection {
    const { address, token, tls } = access;
    const key = token === undefined && tls === undefined ? address : JSON.stringify([address, token, tls]);
    const known = byAccess.get(key);
    if (known !== undefined && known.lostError === undefined) return known;
    const { connection } = open(access);
    byAccess.set(key, connection);
    connection.whenOpen((error) => {
      if (error !== undefined) return;
      connections.set(access.address, connection);
      accesses.set(access.address, access);
    });
    return connection;
  }

  /** For a reference, which names a server by its address. */
  function connectByAddress(address: string): Connection {
    const known = connections.get(address);
    return known !== undefined && known.lostError === undefined ? known : connect(accesses.get(address) ?? { address });
  }

  const endpoint: Endpoint = new Endpoint({
    host,
    lane: 0,
    self,
    network: { connect: connectByAddress, exportUrl: (url) => originOf(url) ?? url },
    channelLimits: () => ({
      ...defaultChannelLimits,
      windowBytes: settings.windowBytes,
      chunkBytes: settings.chunkBytes,
    }),
  });
  const children = new ChildServers(
    (access) => {
      const { connection, link } = open(access);
      // References that come back from elsewhere name a child by its address.
      void access.then(
        ({ address }) => connections.set(address, connection),
        () => {},
      );
      return { connection, lost: (error) => link.abort(error) };
    },
    () => studioOfChild(instance),
  );
  tellOfHost(
    host,
    {
      service: settings.project ?? "agentscope-distributed",
      attributes: { "service.instance.id": instance },
      warn: (text) => settings.logger.warn(text),
    },
    isMainThread ? () => settings.name ?? basename(process.argv[1] ?? "script") : undefined,
  );
  if (isMainThread) process.once("beforeExit", endTracedRun);
  // Workers of a program are part of its run, and not runs of their own.
  if (isMainThread) run.join();
  return {
    host,
    endpoint,
    run,
    editors: run,
    servers: {
      connect,
      childServer: (options: DistOptions, former) => children.connectionFor(options, former),
      keepWarm: () => children.keepWarm(),
      accessTo: (address) => accesses.get(address) ?? { address },
    },
  };
}
