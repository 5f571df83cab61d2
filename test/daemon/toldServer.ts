import {
  agentMemory,
  agentsChanged,
  attachServer,
  type Discovery,
  memoryChanged,
  type MessageRecord,
  resourcesSampled,
  type ServerAnnouncement,
  thisMachine,
  watchMemory,
} from "agentscope-distributed/studio";
import { Editor } from "./editor.js";

/** An agent server as far as the daemon sees one: a connection that tells of itself. */
export class ToldServer implements AsyncDisposable {
  /** What its one agent remembers. */
  private memory: MessageRecord[] = [];
  private generation = 0;

  private constructor(
    readonly serverId: string,
    private readonly line: Editor,
  ) {}

  static async attach(found: Discovery, serverId: string): Promise<ToldServer> {
    const line = await Editor.connect(found, "server");
    const announcement: ServerAnnouncement = {
      ...{ serverId, instance: `instance of ${serverId}`, host: "127.0.0.1", port: 1, pid: process.pid },
      ...{ machine: thisMachine(), kind: "independent", classes: ["A"], access: "open", workers: 1 },
      ...{ version: "0.1.0", startedAtMs: Date.now() },
    };
    const server = new ToldServer(serverId, line);
    line.rpc.onRequest(watchMemory, () => {});
    line.rpc.onRequest(agentMemory, ({ offset, limit }) => {
      const messages = server.memory.slice(offset, offset + limit);
      return { total: server.memory.length, generation: server.generation, messages };
    });
    await line.ask(attachServer, announcement);
    await line.rpc.sendNotification(agentsChanged, { all: true, made: [], deleted: [] });
    return server;
  }

  async makes(...names: string[]): Promise<void> {
    const made = names.map((name) => [name, name, "A", "a maker"] as [string, string, string, string]);
    await this.line.rpc.sendNotification(agentsChanged, { made, deleted: [] });
  }

  async samples(cpuPercent: number): Promise<void> {
    await this.line.rpc.sendNotification(resourcesSampled, {
      ...{ atMs: Date.now(), cpuPercent, memoryBytes: 1, eventLoopDelayMs: 1 },
      ...{ agents: 0, running: 0, queued: 0, callsPerSecond: 0 },
    });
  }

  /** @param texts `undefined`: all is forgotten first */
  async remembers(agentId: string, ...texts: (string | undefined)[]): Promise<void> {
    for (const text of texts) {
      if (text === undefined) {
        this.memory = [];
        this.generation++;
      } else {
        this.memory.push({ id: text, name: "n", role: "user", content: text, timestamp: "" });
      }
    }
    const { generation } = this;
    await this.line.rpc.sendNotification(memoryChanged, { agentId, total: this.memory.length, generation });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.line[Symbol.asyncDispose]();
  }
}
