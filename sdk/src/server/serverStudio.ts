import { InvalidArgumentError } from "../errors.js";
import { formatAddress } from "../link/peer.js";
import type { EditorCallOptions, EditorWay } from "../studio/editorModelCalls.js";
import type { EditorModelEnd, EditorModelRequest } from "../studio/editorModels.js";
import type { ServerAttached } from "../studio/protocol.js";
import { studioAddress, withStudioAccess } from "../studio/studioAddress.js";
import { StudioConnection } from "../studio/studioConnection.js";
import type { AgentDirReport } from "./agentDir.js";
import type { Router } from "./router.js";
import type { StudioOptions } from "./serverOptions.js";
import { type WatchedParts, WatchedServer } from "./watchedServer.js";

/** How long a daemon is waited for that is not there yet, in milliseconds. */
const reachMs = 3000;
/** How often it is looked whether anybody needs the server, in milliseconds. */
const aloneCheckMs = 1000;

export interface ServerStudioParts extends Omit<WatchedParts, "attached" | "tunnelled"> {
  router: Router;
  /** Others reach the server there from now on. */
  relayed: (address: string) => void;
  warn: (text: string) => void;
}

/** A server's way to a daemon: it tells of itself there, again on each connection, and may be reached through it. */
export class ServerStudio implements AsyncDisposable, EditorWay {
  private readonly watched: WatchedServer;
  private readonly connection: StudioConnection;
  /** On the line of now. */
  private editors: EditorWay | undefined;
  private aloneSince = performance.now();
  private aloneCheck: NodeJS.Timeout | undefined;

  constructor(private readonly parts: ServerStudioParts) {
    const { studio, self, warn } = parts;
    this.watched = new WatchedServer({
      ...parts,
      attached: (answer) => this.attached(answer),
      tunnelled: (...ports) => parts.router.tunnelled(...ports),
    });
    this.connection = new StudioConnection({
      address: () => addressOf(studio),
      client: { kind: "server", name: self.serverId },
      opened: async (line) => {
        const { attachServer } = await import("../studio/attachServer.js");
        this.editors = await attachServer(line, this.watched);
      },
      warn,
    });
    parts.workers.editors.way = this;
  }

  start(): void {
    this.connection.start();
    if (this.parts.studio.maxAloneSeconds !== undefined) {
      this.aloneCheck = setInterval(() => this.checkAlone(), aloneCheckMs).unref();
    }
  }

  classesLoaded(report: AgentDirReport | undefined): void {
    this.watched.classesLoaded(report);
  }

  async callEditor(request: EditorModelRequest, options: EditorCallOptions): Promise<EditorModelEnd> {
    await this.connection.whenOpen(reachMs, options.signal);
    if (this.editors === undefined) throw new Error("a line was opened without being attached");
    return this.editors.callEditor(request, options);
  }

  private attached({ relay }: ServerAttached): void {
    if (this.parts.studio.via !== true) return;
    if (relay === undefined) throw new InvalidArgumentError("the daemon has no address for this server (--via-studio)");
    this.parts.relayed(formatAddress(relay.host, relay.port));
  }

  /** A server that a daemon has started outlives it, but not for ever. */
  private checkAlone(): void {
    const now = performance.now();
    if (this.connection.line !== undefined || this.parts.router.callers > 0) this.aloneSince = now;
    const { maxAloneSeconds = Number.POSITIVE_INFINITY } = this.parts.studio;
    if (now - this.aloneSince < maxAloneSeconds * 1000) return;
    this.parts.warn(`no daemon and no caller was connected for ${maxAloneSeconds} s: the server ends`);
    void this.parts.stop();
  }

  async close(): Promise<void> {
    clearInterval(this.aloneCheck);
    const { line } = this.connection;
    if (line !== undefined) void (await import("../studio/attachServer.js")).tellEnding(line);
    await this.connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function addressOf({ url, token, tls }: StudioOptions) {
  return studioAddress(url, withStudioAccess({ token, tls }));
}
