import { type AgentThumbnail, RpcAgentClient, type ServerInfo } from "agentscope-distributed";
import type { AgentBrief, ResourceSample } from "agentscope-distributed/studio";
import { PolledServer } from "./polledServer.js";
import type { ServerAddress } from "./serverAddress.js";
import type { LinkEvents, ServerLink } from "./serverLink.js";

/** How often a server is asked. Python's takes a second to say what it uses. */
const askEveryMs = 1000;
const answerMs = 5000;
/** Agents can be exchanged without their number changing: listed at least so often. */
const listEveryMs = 10_000;
/** A list may be large. */
const listMs = 30_000;

export interface PollEvents extends Pick<LinkEvents, "agents" | "sample" | "memory"> {
  /** It answers, first of all and after it did not. */
  answered(info: ServerInfo, link: ServerLink): void;
  /** It does not, first of all and after it did. */
  silent(why: string): void;
}

/**
 * A server that tells nothing by itself, and is asked each second: AgentScope 0.1's in Python, and remote ones that a person named.
 *
 * It is asked until this is disposed of, whether it answers or not; the next question waits for the answer to the last.
 */
export class ServerPoll implements Disposable {
  private readonly client: RpcAgentClient;
  private readonly given = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private answering: PolledServer | undefined = undefined;
  private hasAsked = false;
  private listed: { size: number; atMs: number } | undefined = undefined;

  constructor(
    at: ServerAddress,
    private readonly events: PollEvents,
  ) {
    this.client = new RpcAgentClient({ ...at, timeoutMs: answerMs });
  }

  /** Asks for the first time, and then each second. Resolves when the first answer is here, or missing. */
  async begin(): Promise<void> {
    await this.look();
  }

  [Symbol.dispose](): void {
    this.given.abort();
    clearTimeout(this.timer);
    this.client.close();
  }

  private async look(): Promise<void> {
    try {
      await this.ask();
    } catch (error) {
      if (!this.given.signal.aborted) this.note(error);
    }
    this.hasAsked = true;
    if (!this.given.signal.aborted) this.timer = setTimeout(() => void this.look(), askEveryMs).unref();
  }

  private async ask(): Promise<void> {
    const { signal } = this.given;
    const info = await this.client.getServerInfo({ signal });
    if (signal.aborted) return;
    if (this.answering === undefined) {
      this.answering = new PolledServer(this.client, () => this.list());
      this.events.answered(info, this.answering);
    }
    this.events.sample(sampleOf(info));
    if (this.listed?.size !== info.size || Date.now() - this.listed.atMs > listEveryMs) await this.list();
    for (const change of (await this.answering?.changedMemories()) ?? []) this.events.memory(change);
  }

  private note(error: unknown): void {
    this.listed = undefined;
    if (this.answering === undefined && this.hasAsked) return;
    this.answering = undefined;
    const { code, message } = error as { code?: string; message: string };
    const advice = "it lets in only who shows its token: name it again with the token";
    this.events.silent(code === "UNAUTHENTICATED" ? `${advice} (${message})` : message);
  }

  private async list(): Promise<void> {
    const { signal } = this.given;
    const agents = await this.client.getAgentList({ timeoutMs: listMs, signal });
    this.listed = { size: agents.length, atMs: Date.now() };
    if (!signal.aborted) this.events.agents({ all: true, made: agents.map(briefOf), deleted: [] });
  }
}

function sampleOf({ cpu, mem, size }: ServerInfo): ResourceSample {
  const untold = { eventLoopDelayMs: 0, running: 0, queued: 0, callsPerSecond: 0 };
  return { atMs: Date.now(), cpuPercent: cpu, memoryBytes: mem * 1024 * 1024, agents: size, ...untold };
}

function briefOf({ agent_id: agentId, name, type }: AgentThumbnail): AgentBrief {
  return [agentId, name, type, ""];
}
