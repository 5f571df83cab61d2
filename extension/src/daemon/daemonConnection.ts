import {
  hello,
  type StreamEvent,
  studioProtocolVersion,
  subscriptionEvent,
} from "agentscope-distributed-daemon/protocol";
import type { Discovery } from "agentscope-distributed/studio";
import {
  type CancellationToken,
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  type RequestType,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import { DaemonFailure } from "./daemonFailure.js";
import type { JoinedDaemon } from "./daemonLauncher.js";
import { Listeners } from "./listeners.js";
import { timeLimit } from "./timeLimit.js";

export interface ConnectionOptions {
  /** The editor, for the daemon's lists. */
  name: string;
  /** The extension's. */
  version: string;
  /** How long a request may take unless it says otherwise. */
  timeoutMs: number;
}

export interface RequestOptions {
  timeoutMs?: number;
  /** Past the time limit the daemon counts as silent, and its answer is still waited for, until the connection ends. */
  isPatient?: boolean;
  /** Ends the request, at both ends. */
  signal?: AbortSignal;
}

/** One connection to a daemon, from the greeting to its end. When it ends, all that was asked on it fails. */
export class DaemonConnection {
  /** Resolves when nothing more will come. */
  readonly ended: Promise<void>;
  readonly subscriptionEvents = new Listeners<{ subscriptionId: string; event: StreamEvent }>();
  /** Told when the daemon stops answering, and when it answers again. */
  readonly silenceChanged = new Listeners<boolean>();
  readonly discovery: Discovery;
  private isOpen = true;
  private isSilent = false;
  private readonly rpc: MessageConnection;
  private readonly settle: () => void;

  private constructor(
    { socket, discovery }: JoinedDaemon,
    private readonly options: ConnectionOptions,
  ) {
    this.discovery = discovery;
    this.rpc = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
    let resolveEnded = () => {};
    this.ended = new Promise((resolve) => {
      resolveEnded = resolve;
    });
    this.settle = () => {
      if (!this.isOpen) return;
      this.isOpen = false;
      // Not done by the library when the socket ends: what was asked would wait for ever.
      this.rpc.dispose();
      socket.destroy();
      resolveEnded();
    };
    socket.on("data", () => this.setSilent(false));
    socket.once("close", this.settle);
    this.rpc.onError(this.settle);
    this.rpc.onNotification(subscriptionEvent, (told) => this.subscriptionEvents.tell(told));
    this.rpc.listen();
  }

  /** @throws DaemonFailure when the daemon does not answer, or does not want this client. */
  static async open(joined: JoinedDaemon, options: ConnectionOptions): Promise<DaemonConnection> {
    const connection = new DaemonConnection(joined, options);
    const { name, version } = options;
    try {
      await connection.request(hello, {
        protocolVersion: studioProtocolVersion,
        token: joined.discovery.token,
        client: { kind: "editor", name, version, pid: process.pid },
      });
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** @throws DaemonFailure */
  async request<Params, Result>(
    type: RequestType<Params, Result, void>,
    params: Params,
    { timeoutMs = this.options.timeoutMs, isPatient = false, signal }: RequestOptions = {},
  ): Promise<Result> {
    const cancellation = new CancellationTokenSource();
    const cancel = () => cancellation.cancel();
    signal?.addEventListener("abort", cancel);
    try {
      signal?.throwIfAborted();
      if (!this.isOpen) throw this.lost();
      const answer = this.rpc.sendRequest<Params, Result, void>(type, params as never, cancellation.token);
      return await timeLimit(answer, { timeoutMs, failure: () => this.silent(type.method, timeoutMs) }).catch(
        (error: unknown) => {
          if (isPatient && error instanceof DaemonFailure) return answer;
          throw error;
        },
      );
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (!this.isOpen) throw this.lost(error);
      throw DaemonFailure.from(error);
    } finally {
      signal?.removeEventListener("abort", cancel);
      cancellation.dispose();
    }
  }

  /** Answers what the daemon asks. */
  answer<Params, Result>(
    type: RequestType<Params, Result, void>,
    give: (params: Params, token: CancellationToken) => Promise<Result>,
  ): void {
    this.rpc.onRequest<unknown, void>(type.method, give);
  }

  close(): void {
    this.settle();
  }

  private silent(method: string, timeoutMs: number): DaemonFailure {
    this.setSilent(true);
    const { pid } = this.discovery;
    return new DaemonFailure(
      "silent",
      `The daemon (process ${pid}) did not answer ${method} within ${timeoutMs / 1000} s.`,
    );
  }

  private lost(cause?: unknown): DaemonFailure {
    return new DaemonFailure("down", "The connection to the daemon was lost before it answered.", { cause });
  }

  private setSilent(isSilent: boolean): void {
    if (this.isSilent === isSilent || !this.isOpen) return;
    this.isSilent = isSilent;
    this.silenceChanged.tell(isSilent);
  }
}
