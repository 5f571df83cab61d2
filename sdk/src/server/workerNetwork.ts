import { statSync } from "node:fs";
import { resolve as absolute } from "node:path";
import { fileURLToPath } from "node:url";
import type { DistOptions } from "../agents/distOptions.js";
import type { AgentScopeError } from "../errors.js";
import { ChildServers } from "../launch/childServers.js";
import type { Carrier } from "../link/carrier.js";
import { failureFromWire, failureToWire } from "../link/failure.js";
import { ownPeer } from "../link/peer.js";
import type { ServerAccess } from "../link/serverAccess.js";
import { RemoteFile } from "../messages/remoteFile.js";
import type { AgentHost } from "../runtime/agentHost.js";
import { Connection } from "../runtime/connection.js";
import { Endpoint } from "../runtime/endpoint.js";
import type { Servers } from "../runtime/threadRuntime.js";
import type { StudioOptions } from "./serverOptions.js";
import type { FromWorker, ToWorker, WorkerOptions } from "./workerMessages.js";

/** The link between the workers of one server. */
export const selfLink = "self";

/** The connections of a worker thread; the I/O thread has the streams. */
export class WorkerNetwork implements Servers {
  readonly endpoint: Endpoint;
  private readonly self = ownPeer({ instance: "" });
  private readonly connections = new Map<string, Connection>();
  /** Paths of files that messages of this server's agents have named. */
  private readonly servedPaths = new Set<string>();
  /** Paths of other files here, which came as the url of a message. */
  private readonly receivedPaths = new Set<string>();
  private readonly children = new ChildServers(
    (access) => this.openChild(access),
    () => this.studioOfChild(),
  );
  private childCount = 0;
  private lastLocate = 0;
  private readonly locating = new Map<number, { resolve: (lane: number) => void; reject: (error: Error) => void }>();

  constructor(
    private readonly worker: {
      lane: number;
      host: AgentHost;
      options: WorkerOptions;
      /** Buffers that are handed over are moved, not copied. */
      post: (message: FromWorker, handedOver?: readonly ArrayBuffer[]) => void;
    },
  ) {
    const network = {
      connect: (address: string, realm: string) => this.connect(this.accessTo(address, realm)),
      exportUrl: (url: string) => this.exportUrl(url),
      receivedUrl: (url: string) => this.receivedUrl(url),
      givesOut: (path: string) => this.servedPaths.has(path),
    };
    const channelLimits = () => worker.options.limits;
    this.endpoint = new Endpoint({ host: worker.host, lane: worker.lane, self: this.self, network, channelLimits });
  }

  /** What the I/O thread tells of the links. */
  handle(
    message: Exclude<ToWorker, ["request" | "claimed" | "watchCalls" | "editorParts" | "editorEnd", ...unknown[]]>,
  ): void {
    switch (message[0]) {
      case "frame":
        return this.connection(message[1]).receive(message[2]);
      case "self":
        Object.assign(this.self, message[1]);
        this.worker.host.serverName = this.self.address;
        return;
      case "opened":
        return this.connection(message[1]).opened(message[2]);
      case "served":
        this.servedPaths.add(message[1]);
        return;
      case "lanes":
        return this.connections.get(message[1])?.lanes(message[2]);
      case "laneLost":
        return this.connections.get(message[1])?.laneLost(message[2], failureFromWire(message[3]));
      case "down":
        return this.connections.get(message[1])?.down();
      case "up":
        return this.connections.get(message[1])?.up();
      case "lost": {
        const connection = this.connections.get(message[1]);
        this.connections.delete(message[1]);
        return connection?.lost(failureFromWire(message[2]));
      }
      case "located": {
        const [, id, lane, failure] = message;
        const waiting = this.locating.get(id);
        this.locating.delete(id);
        if (lane !== undefined) waiting?.resolve(lane);
        else waiting?.reject(failureFromWire(failure));
      }
    }
  }

  connect(access: ServerAccess): Connection {
    const { address } = access;
    if (address === this.self.address) return this.connection(selfLink);
    // One connection of the process to each server, shared by its workers: they know it by the same id.
    const link = `${this.self.instance}>${address}${suffixOf(access)}`;
    const known = this.connections.get(link);
    if (known !== undefined) return known;
    const connection = this.connection(link);
    this.worker.post(["connect", link, access]);
    return connection;
  }

  childServer(options: DistOptions, former?: Connection): Connection {
    return this.children.connectionFor(options, former);
  }

  keepWarm(): void {
    this.children.keepWarm();
  }

  /** What this server has is shown to those of its realm alone. */
  accessTo(address: string, realm: string): ServerAccess {
    const { token, tls } = this.worker.options;
    return realm === "" || realm !== this.self.realm ? { address } : { address, token, tls };
  }

  /** A child's parent is the whole server. */
  private studioOfChild(): StudioOptions | undefined {
    const { studio } = this.worker.options;
    if (studio === undefined) return undefined;
    const { url, token, tls } = studio;
    return { url, token, tls, kind: "child", parentInstance: this.self.instance };
  }

  private openChild(started: Promise<ServerAccess>) {
    const link = `${this.self.instance}>${this.worker.lane}.${++this.childCount}`;
    const connection = this.connection(link);
    started.then(
      (access) => this.worker.post(["connect", link, access]),
      (thrown: unknown) => connection.lost(thrown as AgentScopeError),
    );
    return { connection, lost: (error: AgentScopeError) => this.worker.post(["abort", link, failureToWire(error)]) };
  }

  private connection(link: string): Connection {
    let connection = this.connections.get(link);
    if (connection === undefined) {
      connection = new Connection(
        this.endpoint,
        link === selfLink ? `${this.self.instance}-self` : link,
        this.carrier(link),
      );
      this.connections.set(link, connection);
      if (link === selfLink) connection.opened(this.self);
    }
    return connection;
  }

  private carrier(link: string): Carrier {
    const { post } = this.worker;
    return {
      send: (bytes, isSpare) => post(["frame", link, bytes], isSpare ? [bytes.buffer] : []),
      abort: (error) => post(["abort", link, failureToWire(error)]),
      // A server lives as long as it is told to.
      hold: () => {},
      unhold: () => {},
      locate: (agentId) =>
        new Promise((resolve, reject) => {
          const id = ++this.lastLocate;
          this.locating.set(id, { resolve, reject });
          post(["locate", id, link, agentId]);
        }),
    };
  }

  /** Who sends the path of a file here does not get the file for it, though an agent passes the message on. */
  private receivedUrl(url: string): void {
    if (!this.worker.options.servesFiles) return;
    const path = localPath(url);
    if (path !== undefined && !this.servedPaths.has(path)) this.receivedPaths.add(absolute(path));
  }

  /** A file of this machine is served to those who get the message. */
  private exportUrl(url: string): string | RemoteFile {
    if (!this.worker.options.servesFiles) return url;
    const path = localPath(url);
    if (path === undefined || this.receivedPaths.has(absolute(path))) return url;
    if (!this.servedPaths.has(path)) this.worker.post(["serve", path]);
    this.servedPaths.add(path);
    return new RemoteFile("", path);
  }
}

/** Tells connections to the same address apart that show something else of themselves. */
function suffixOf({ token, tls }: ServerAccess): string {
  if (token === undefined && tls === undefined) return "";
  const { createHash } = process.getBuiltinModule("node:crypto");
  return `#${createHash("sha256")
    .update(JSON.stringify([token, tls]))
    .digest("hex")
    .slice(0, 8)}`;
}

/** The path, where a url names a file that exists here. */
function localPath(url: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]+:/i.test(url) && !url.startsWith("file:")) return undefined;
  try {
    const path = url.startsWith("file:") ? fileURLToPath(url) : url;
    return statSync(path).isFile() ? path : undefined;
  } catch {
    return undefined;
  }
}
