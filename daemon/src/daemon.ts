import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import { type Discovery, residentBytes, studioProtocolVersion } from "agentscope-distributed/studio";
import type { DaemonControl } from "./clients/daemonRequests.js";
import type { Subscriptions } from "./clients/subscriptions.js";
import { welcoming } from "./clients/welcome.js";
import { checkDaemonOptions, type DaemonOptions, defaultHost } from "./daemonOptions.js";
import { claimHome } from "./home/claimHome.js";
import { StudioError } from "./errors.js";
import { withdraw } from "./home/discoveryFile.js";
import { Home } from "./home/home.js";
import { StartLock } from "./home/startLock.js";
import { chosenToken, ownToken } from "./home/token.js";
import { watchHome } from "./home/watchHome.js";
import { httpApp } from "./http/app.js";
import { createHttpServer, listenOnAnyOf } from "./http/httpServer.js";
import { isOwnUser } from "./http/peerUser.js";
import { readServerTls } from "./http/serverTls.js";
import { Site } from "./http/site.js";
import { studioRunRoutes } from "./http/studioRuns.js";
import { studioServerRoutes } from "./http/studioServers.js";
import { whenIdle } from "./idleEnd.js";
import { LogBook } from "./log/logBook.js";
import { LogFile } from "./log/logFile.js";
import { AccessCodes } from "./pages/accessCodes.js";
import { isPagePath, pagesPath } from "./pages/pagePaths.js";
import { pageRoutes } from "./pages/pageRoutes.js";
import { PageSessions } from "./pages/pageSessions.js";
import { PageSocket } from "./pages/pageSocket.js";
import { Parts } from "./parts.js";
import type { DaemonStatus } from "./protocol/index.js";
import { daemonVersion } from "./version.js";
import { Connections } from "./wire/connections.js";
import { Doors } from "./wire/doors.js";
import { answerUpgrades } from "./wire/upgrades.js";
import { defaultWireLimits } from "./wire/wireLimits.js";

export type Start = { kind: "started"; daemon: Daemon; discovery: Discovery } | { kind: "taken"; by: Discovery };

type State =
  | { kind: "starting" }
  | { kind: "running"; discovery: Discovery; stopLooking: (() => void)[] }
  | { kind: "ending"; done: Promise<void> };

/** The daemon: who owns whom. It lives until {@link end}. */
export class Daemon implements DaemonControl {
  readonly log: LogBook;
  private readonly instance = randomUUID();
  private readonly startedAtMs = Date.now();
  private readonly token: string;
  private readonly logFile: LogFile;
  private readonly parts: Parts;
  private readonly connections: Connections;
  /** What guests watch. */
  private readonly watching = new Set<Subscriptions>();
  private readonly doors: Doors;
  /** For browsers. */
  private readonly codes = new AccessCodes();
  private state: State = { kind: "starting" };
  /** Once it listens. */
  private discovery: Discovery | undefined;
  private tellEnded: (reason: string) => void = () => {};
  /** Settles when all of it has ended, with the reason. */
  readonly ended = new Promise<string>((settle) => {
    this.tellEnded = settle;
  });

  /**
   * Starts the daemon of a home, or finds the one that is there.
   *
   * @throws StudioError saying what is in the way.
   */
  static async start(options: DaemonOptions = {}): Promise<Start> {
    checkDaemonOptions(options);
    const home = Home.open();
    const started: Daemon[] = [];
    const claim = await claimHome(home, async () => {
      const daemon = new Daemon(home, options);
      started.push(daemon);
      return daemon.listen();
    }).catch(async (error: unknown) => {
      for (const daemon of started) await daemon.closeAll({ leave: true });
      throw error;
    });
    const [daemon] = started;
    if (claim.kind === "taken") return claim;
    if (daemon === undefined) throw new Error("claimed without being started");
    daemon.run(claim.discovery);
    return { kind: "started", daemon, discovery: claim.discovery };
  }

  private constructor(
    private readonly home: Home,
    private readonly options: DaemonOptions,
  ) {
    this.token = options.tokenFile === undefined ? ownToken(home) : chosenToken(options.tokenFile);
    this.logFile = new LogFile(home.path("daemon.log"));
    this.log = new LogBook({
      alsoTo: (line) => {
        this.logFile.write(line);
        options.alsoLogTo?.(line);
      },
    });
    const studio = () => ({ url: this.discovery?.url ?? "", token: this.token });
    const limits = { ...defaultWireLimits, ...options.limits };
    const { maxRegisteredServers } = limits;
    const bindHost = options.host ?? defaultHost;
    this.parts = new Parts({ home, log: this.log, bindHost, maxRegisteredServers, studio });
    this.connections = new Connections({
      identity: { token: this.token, version: daemonVersion, instance: this.instance },
      log: this.log,
      welcome: welcoming(this, { parts: this.parts, watching: this.watching }),
      limits,
    });
    this.doors = new Doors(this.connections);
  }

  status(): DaemonStatus {
    const { servers, runs } = this.parts;
    return {
      pid: process.pid,
      version: daemonVersion,
      protocolVersion: studioProtocolVersion,
      startedAtMs: this.startedAtMs,
      url: this.discovery?.url ?? "",
      pipe: this.home.pipe,
      stateFolder: this.home.folder,
      clients: this.connections.guests.length,
      subscriptions: [...this.watching].reduce((sum, { size }) => sum + size, 0),
      servers: servers.rows().length,
      agents: servers.agentCount,
      runs: runs.rows({ offset: 0, limit: 0 }).total,
      memoryBytes: residentBytes(),
    };
  }

  pageUrl(page: string): string {
    return `${this.discovery?.url ?? ""}${pagesPath}/${page}#${this.codes.make()}`;
  }

  stop({ force }: { force: boolean }): void {
    if (!force && this.parts.runs.busy) {
      throw StudioError.refused(
        "runs are going on: they would go on without being watched. Stop them first, or force it (--force)",
      );
    }
    setImmediate(() => void this.end("it was stopped"));
  }

  /**
   * Ends it in good order; the same end for all who ask.
   *
   * @param options `leave`: the servers that it started run on, for another daemon
   */
  end(reason: string, { leave = false } = {}): Promise<void> {
    if (this.state.kind === "ending") return this.state.done;
    if (this.state.kind === "running") for (const stop of this.state.stopLooking) stop();
    const done = this.finish(reason, leave);
    this.state = { kind: "ending", done };
    return done;
  }

  private async listen(): Promise<Discovery> {
    const { home, options, connections } = this;
    const { host = defaultHost, tokenFile } = options;
    const tls = readServerTls(options.tls);
    const site = new Site(host, tls, tls?.ca !== undefined && tokenFile === undefined);
    const guard = { site, token: this.token, isOwnUser, isPage: isPagePath };
    const { servers, runs, store } = this.parts;
    const sessions = new PageSessions(this.token, { isSecure: tls !== undefined });
    const routes = [
      ...studioServerRoutes(servers, this.startedAtMs),
      ...studioRunRoutes(runs, this.log),
      ...pageRoutes({ codes: this.codes, sessions }),
    ];
    const { maxConnections } = connections.limits;
    const server = createHttpServer(httpApp({ guard, log: this.log, routes }), { maxConnections, tls });
    const takeTunnel = (id: string, socket: Socket) => servers.takeTunnel(id, socket);
    const pages = new PageSocket({ site, sessions, connections, isOwnUser });
    answerUpgrades(server, { site, token: this.token, connections, takeTunnel, pages });
    const lastPort = Number(store.setting("port") ?? Number.NaN) || undefined;
    const port = await listenOnAnyOf(server, { host, port: options.port, lastPort });
    this.doors.http(server);
    this.discovery = this.discoveryAt(site.url(port));
    // Before anybody who connects is heard.
    await this.parts.recover();
    store.saveSetting("port", String(port));
    if (options.socketPort !== undefined) await this.doors.port(options.socketPort);
    if (options.pipe !== undefined) await this.doors.pipe(options.pipe);
    // The pipe last: who can connect to it finds a daemon that is whole.
    await this.doors.pipe(home.pipe);
    return this.discovery;
  }

  private discoveryAt(url: string): Discovery {
    return {
      pid: process.pid,
      instance: this.instance,
      pipe: this.home.pipe,
      url,
      token: this.token,
      version: daemonVersion,
      protocolVersion: studioProtocolVersion,
      startedAtMs: this.startedAtMs,
    };
  }

  private run(discovery: Discovery): void {
    const { idleSeconds } = this.options;
    const stopLooking = [
      watchHome(this.home, discovery, (by) => {
        void this.end(`process ${by.pid} is the daemon of this folder now`, { leave: true });
      }),
    ];
    if (idleSeconds !== undefined) {
      // Servers need it as far as `busy` says: those of a run that has ended are guests, too.
      const isClient = () => this.connections.guests.some(({ client }) => client?.kind !== "server");
      const isNeeded = () => isClient() || this.parts.busy;
      const idle = () => void this.end(`nothing has needed it for ${idleSeconds} s`);
      stopLooking.push(whenIdle(idleSeconds * 1000, isNeeded, idle));
    }
    this.state = { kind: "running", discovery, stopLooking };
    this.log.write("info", "daemon", `daemon ${daemonVersion} listens on ${discovery.url} and ${discovery.pipe}`);
  }

  private async finish(reason: string, leave: boolean): Promise<void> {
    this.log.write("info", "daemon", `the daemon ends: ${reason}`);
    // A daemon that starts meanwhile waits for this one to be gone.
    const lock = await StartLock.take(this.home.path("starting")).catch(() => undefined);
    withdraw(this.home, this.instance);
    await this.closeAll({ leave });
    lock?.[Symbol.dispose]();
    this.tellEnded(reason);
  }

  private async closeAll({ leave }: { leave: boolean }): Promise<void> {
    this.doors.close();
    // Servers are told over their connections to end.
    await this.parts.close({ leave });
    this.connections.close();
    this.logFile[Symbol.dispose]();
  }
}
