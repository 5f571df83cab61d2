import { randomUUID } from "node:crypto";
import {
  type AgentBrief,
  agentsChanged,
  agentStates,
  attachServer,
  resourcesSampled,
  thisMachine,
} from "agentscope-distributed/studio";
import type { MessageConnection } from "vscode-jsonrpc/node";
import type { Daemon } from "./daemon.js";

const batch = 500;

/** One of many agent servers that are there for the daemon alone: what it sends is what real ones send. */
export class FakeServer implements AsyncDisposable {
  private readonly telling: NodeJS.Timeout;

  private constructor(
    private readonly rpc: MessageConnection,
    readonly serverId: string,
    private agents: number,
  ) {
    this.telling = setInterval(() => void this.tellUse(), 1000);
  }

  static async attach(daemon: Daemon, serverId: string, agents: number): Promise<FakeServer> {
    const rpc = await daemon.connect("server");
    rpc.onRequest(agentStates, ({ agentIds }) =>
      agentIds.map((agentId) => ({ agentId, state: "idle" as const, queueLength: 0 })),
    );
    await rpc.sendRequest(attachServer, {
      ...{
        serverId,
        instance: randomUUID(),
        host: "127.0.0.1",
        port: 12_001,
        pid: process.pid,
        machine: thisMachine(),
      },
      ...{ kind: "independent" as const, classes: ["Echo"], access: "open" as const, workers: 1, version: "0.1.0" },
      startedAtMs: Date.now(),
    });
    const maker = randomUUID();
    for (let first = 0; first < agents; first += batch) {
      const made = Array.from({ length: Math.min(batch, agents - first) }, (_, index): AgentBrief => {
        return [randomUUID().replaceAll("-", ""), `agent ${first + index} of ${serverId}`, "Echo", maker];
      });
      await rpc.sendNotification(agentsChanged, { made, deleted: [], ...(first === 0 && { all: true }) });
    }
    return new FakeServer(rpc, serverId, agents);
  }

  async makeAgent(name: string): Promise<void> {
    this.agents += 1;
    await this.rpc.sendNotification(agentsChanged, { made: [[randomUUID(), name, "Echo", ""]], deleted: [] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.telling);
    this.rpc.end();
    this.rpc.dispose();
  }

  private async tellUse(): Promise<void> {
    await this.rpc.sendNotification(resourcesSampled, {
      ...{ atMs: Date.now(), cpuPercent: 3, memoryBytes: 1e8, eventLoopDelayMs: 2, agents: this.agents },
      ...{ running: 0, queued: 0, callsPerSecond: 10 },
    });
  }
}
