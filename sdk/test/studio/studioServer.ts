import { defaultServerLimits } from "../../src/server/serverLimits.js";
import { fileURLToPath } from "node:url";
import { AgentServer } from "../../src/server/agentServer.js";
import type { ServerOptions, StudioOptions } from "../../src/server/serverOptions.js";
import {
  type AgentBrief,
  agentsChanged,
  attachServer,
  classesChanged,
  memoryChanged,
  resourcesSampled,
  type ServerAnnouncement,
  type ServerAttached,
} from "../../src/studio/protocol.js";
import type { ResourceSample } from "../../src/studio/resourceSample.js";
import type { FakeClient } from "./fakeDaemon.js";

const fixtures = fileURLToPath(new URL("./agents", import.meta.url));

/** An agent server in this process, which tells a daemon of itself. */
export function startServer(studio: StudioOptions, options: Partial<ServerOptions> = {}): Promise<AgentServer> {
  return AgentServer.start(
    {
      host: "127.0.0.1",
      port: 0,
      serverId: "s-1",
      classes: [],
      agentDir: fixtures,
      modelConfigs: [],
      mcpServers: {},
      maxPoolSize: 100,
      maxTimeoutSeconds: 100,
      callTimeoutSeconds: 100,
      workers: 2,
      token: undefined,
      tls: undefined,
      saveDir: undefined,
      stateFolder: undefined,
      orphanGraceSeconds: 600,
      limits: defaultServerLimits,
      child: false,
      studio,
      ...options,
    },
    { onStop: () => {} },
  );
}

/** What a daemon of a test has heard of a server on one connection. */
export class HeardServer {
  announcement: ServerAnnouncement | undefined;
  readonly agents = new Map<string, AgentBrief>();
  readonly samples: ResourceSample[] = [];
  readonly memories: { agentId: string; total: number; generation: number }[] = [];
  classes: { classes: string[]; problems: string[] } | undefined;
  hasAll = false;
  batches = 0;

  constructor({ rpc }: FakeClient, answer: (announcement: ServerAnnouncement) => ServerAttached = () => ({})) {
    rpc.onRequest(attachServer, (announcement) => {
      this.announcement = announcement;
      return answer(announcement);
    });
    rpc.onNotification(agentsChanged, ({ all, made, deleted }) => {
      this.batches++;
      if (all === true) {
        this.hasAll = true;
        this.agents.clear();
      }
      for (const agent of made) this.agents.set(agent[0], agent);
      for (const id of deleted) this.agents.delete(id);
    });
    rpc.onNotification(resourcesSampled, (sample) => void this.samples.push(sample));
    rpc.onNotification(memoryChanged, (change) => void this.memories.push(change));
    rpc.onNotification(classesChanged, (classes) => void (this.classes = classes));
  }
}
