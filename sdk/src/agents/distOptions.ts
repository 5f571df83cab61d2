import { InvalidArgumentError } from "../errors.js";
import type { ClientTls } from "../link/grpcClient.js";
import { checkRetryPolicy, type RetryPolicy } from "../runtime/retryPolicy.js";

/** Where and how `toDist` puts an agent. Without `host` and `port`: in a child process. */
export interface DistOptions {
  /** Of an agent server that runs already; with `port`. */
  host?: string | undefined;
  port?: number | undefined;
  /** Of a child server: the most results it keeps. Default 8192. */
  maxPoolSize?: number | undefined;
  /** Of a child server: when it drops a result that nobody read, in seconds. Default 7200. */
  maxTimeoutSeconds?: number | undefined;
  /** Of a child server: whether it listens on loopback only. Default true. */
  localMode?: boolean | undefined;
  /** Whether the server process and the agent are started with the first call. Default false: at once. */
  lazyLaunch?: boolean | undefined;
  /** The token of the server, if it was started with one. */
  token?: string | undefined;
  /** How to trust the server, if it was started with TLS. */
  tls?: ClientTls | undefined;
  /** The id that the agent gets; with `connectExisting` the id of the agent to take hold of. Default: made. */
  agentId?: string | undefined;
  /** Take hold of the agent `agentId` that lives on the server, and construct none. Default false. */
  connectExisting?: boolean | undefined;
  /**
   * What becomes of the agent when its server is lost (killed, crashed, out of memory). `fail`: its calls fail. `restart`: it is made
   * again, on a server that is started again if it is a child, with its class, config, id and state (`getState`); calls that had not
   * begun are sent again, one that had begun fails unless the class has `static retryable = true`. Default: that of `init`.
   */
  onServerLoss?: OnServerLoss | undefined;
  /**
   * Whether an agent of a server that outlives this process stays there when this process is gone; others are removed after a while
   * (`as-server --orphan-grace-seconds`). Default: whether it was given an id.
   */
  keepAlive?: boolean | undefined;
  /** When a call of the agent that has failed is made again. Default: that of `init`; without it never. */
  retry?: RetryPolicy | undefined;
}

/** What becomes of an agent when its server is lost. */
export type OnServerLoss = "fail" | "restart";

/** @throws InvalidArgumentError naming the option. */
export function checkOnServerLoss(value: unknown, where: string): void {
  if (value === undefined || value === "fail" || value === "restart") return;
  throw new InvalidArgumentError(`${where}: onServerLoss is ${JSON.stringify(value)}; it must be "fail" or "restart"`);
}

/** The options of `toDist` as one value that several agents can share. It is never changed. */
export class DistConf implements DistOptions {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly maxPoolSize: number | undefined;
  readonly maxTimeoutSeconds: number | undefined;
  readonly localMode: boolean | undefined;
  readonly lazyLaunch: boolean | undefined;
  readonly token: string | undefined;
  readonly tls: ClientTls | undefined;
  readonly agentId: string | undefined;
  readonly connectExisting: boolean | undefined;
  readonly onServerLoss: OnServerLoss | undefined;
  readonly keepAlive: boolean | undefined;
  readonly retry: RetryPolicy | undefined;

  constructor(options: DistOptions = {}) {
    checkDistOptions(options);
    this.host = options.host;
    this.port = options.port;
    this.maxPoolSize = options.maxPoolSize;
    this.maxTimeoutSeconds = options.maxTimeoutSeconds;
    this.localMode = options.localMode;
    this.lazyLaunch = options.lazyLaunch;
    this.token = options.token;
    this.tls = options.tls;
    this.agentId = options.agentId;
    this.connectExisting = options.connectExisting;
    this.onServerLoss = options.onServerLoss;
    this.keepAlive = options.keepAlive;
    this.retry = options.retry;
  }
}

/** @throws InvalidArgumentError naming the option that can't be used. */
export function checkDistOptions(options: DistOptions): void {
  const { host, port, agentId, connectExisting } = options;
  if ((host === undefined) !== (port === undefined)) {
    throw new InvalidArgumentError(
      `toDist: give host and port both (of a running agent server), or none of them (a child process); ${
        host === undefined ? `only port ${port}` : `only host ${JSON.stringify(host)}`
      } was given`,
    );
  }
  if (host !== undefined && (typeof host !== "string" || host === "")) {
    throw new InvalidArgumentError(`toDist: host is ${JSON.stringify(host)}; it must be a name or an address`);
  }
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new InvalidArgumentError(`toDist: port is ${String(port)}; it must be a whole number from 1 to 65535`);
  }
  for (const name of ["maxPoolSize", "maxTimeoutSeconds"] as const) {
    const value = options[name];
    if (value !== undefined && !(typeof value === "number" && value > 0)) {
      throw new InvalidArgumentError(`toDist: ${name} is ${String(value)}; it must be a number above 0`);
    }
  }
  checkOnServerLoss(options.onServerLoss, "toDist");
  checkRetryPolicy(options.retry, "toDist");
  if (connectExisting === true && options.onServerLoss === "restart") {
    throw new InvalidArgumentError(
      'toDist: connectExisting can\'t go with onServerLoss "restart": who made the agent can make it again',
    );
  }
  if (connectExisting === true && (agentId === undefined || host === undefined)) {
    throw new InvalidArgumentError("toDist: connectExisting needs agentId, host and port: the agent to take hold of");
  }
}
