import { connect } from "node:net";
import { once } from "node:events";
import { type Discovery, hello, studioProtocolVersion } from "agentscope-distributed/studio";
import {
  createMessageConnection,
  type MessageConnection,
  type RequestType,
  SocketMessageReader,
  SocketMessageWriter,
} from "vscode-jsonrpc/node";
import { StudioError } from "../errors.js";
import { livingDaemon } from "../home/discoveryFile.js";
import { Home } from "../home/home.js";
import { daemonVersion } from "../version.js";

/** How long a daemon may take to answer who connects, in milliseconds: one that was stopped (SIGSTOP) accepts, and never does. */
const welcomeMs = 10_000;

/** A terminal's connection to the daemon of this user. */
export class DaemonClient implements AsyncDisposable {
  private constructor(
    readonly connection: MessageConnection,
    readonly discovery: Discovery,
    /** Settles when the connection has ended, whoever ended it. */
    readonly closed: Promise<void>,
  ) {}

  /**
   * Connects to the daemon that is running.
   *
   * @param options `timeoutMs`: how long it may take to answer. Default 10,000.
   * @throws StudioError when there is none, or it refuses, or does not answer.
   */
  static async connect(home: Home = Home.open(), { timeoutMs = welcomeMs } = {}): Promise<DaemonClient> {
    const discovery = await livingDaemon(home);
    if (discovery === undefined) {
      throw StudioError.unreachable(
        "no daemon is running: as-studio starts one (as-studio start --detached: in the background)",
      );
    }
    const socket = connect(discovery.pipe);
    await once(socket, "connect").catch((cause: unknown) => {
      throw StudioError.unreachable(`the daemon (process ${discovery.pid}) can't be reached: ${String(cause)}`, cause);
    });
    const connection = createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
    const closed = new Promise<void>((settle) => {
      connection.onClose(() => {
        // Else requests that have no answer would wait for ever.
        connection.dispose();
        settle();
      });
    });
    connection.onError(() => {});
    connection.listen();
    const client = new DaemonClient(connection, discovery, closed);
    const frozen = StudioError.unreachable(
      `the daemon (process ${discovery.pid}) has not answered within ${timeoutMs / 1000} s: let it go on (kill -CONT), or end it (kill -KILL)`,
    );
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      socket.destroy();
    }, timeoutMs);
    try {
      await client.request(hello, {
        protocolVersion: studioProtocolVersion,
        token: discovery.token,
        client: { kind: "terminal", name: "as-studio", version: daemonVersion, pid: process.pid },
      });
      return client;
    } catch (error) {
      await client[Symbol.asyncDispose]();
      throw isLate ? frozen : error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** @throws StudioError as the daemon answers, or when it is gone. */
  async request<Params, Result>(type: RequestType<Params, Result, void>, params: Params): Promise<Result> {
    try {
      return await this.connection.sendRequest<Params, Result, void>(type, params as never);
    } catch (error) {
      throw StudioError.from(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.connection.end();
    await this.closed;
  }
}
