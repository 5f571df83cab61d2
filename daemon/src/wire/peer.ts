import type { Readable, Writable } from "node:stream";
import { alive, type ClientInfo, hello, studioErrorCode, studioProtocolVersion } from "agentscope-distributed/studio";
import {
  createMessageConnection,
  ErrorCodes,
  type Logger,
  type MessageConnection,
  NullLogger,
  ResponseError,
} from "vscode-jsonrpc/node";
import type { LogBook } from "../log/logBook.js";
import { answering, answeringConnection } from "./answering.js";
import { BoundedReader } from "./boundedReader.js";
import { FrameParser } from "./frameParser.js";
import { FrameWriter } from "./frameWriter.js";
import { checkHello } from "./greeting.js";
import { Intake } from "./intake.js";
import type { WireLimits } from "./wireLimits.js";

/** Where a connection comes from. */
export interface Origin {
  /** For logs: `pipe`, or an address. */
  name: string;
  /** Whether the other end is on this machine. */
  isLocal: boolean;
  /** The host by which the other end reached the daemon. */
  reachedHost: string;
  /** A page in a browser that has shown its session: it knows no token, and is nothing else than a browser. */
  isPage?: true;
  /** Has shown a certificate of the daemon's authority, where that is enough. */
  isCertified?: boolean;
}

/** What a daemon tells of itself, and what it wants to see. */
export interface DaemonIdentity {
  token: string;
  version: string;
  instance: string;
}

/** Somebody who has shown the token. */
export interface Guest {
  readonly connection: MessageConnection;
  readonly client: ClientInfo;
  readonly origin: Origin;
  readonly intake: Pick<Intake, "hasRoom" | "untilRoom">;
}

/** Sets up what a guest can ask; gives what ends it. */
export type Welcoming = (guest: Guest) => () => void;

export interface PeerOptions {
  stream: { readable: Readable; writable: Writable };
  origin: Origin;
  identity: DaemonIdentity;
  limits: WireLimits;
  log: LogBook;
  welcome: Welcoming;
  ended: () => void;
}

type State =
  | { kind: "greeting"; timer: NodeJS.Timeout }
  | { kind: "open"; client: ClientInfo; leave: () => void }
  | { kind: "ended" };

/** How long an end that was told why it is let go has to read it. */
const lastWordsMs = 1000;
/** Faults of one connection that are logged. */
const loggedFaults = 5;

/**
 * One connection.
 *
 * 1. Nothing but `hello` is answered before it was said with the right token, and it must be said in time.
 * 2. Every end passes through {@link settle}, once: it ends the guest's part and all that waits for an answer of the other end.
 * 3. What the other end does wrong ends this connection alone.
 */
export class Peer {
  private state: State;
  private readonly connection: MessageConnection;
  private readonly intake: Intake;
  private readonly parser: FrameParser;
  private faults = 0;

  constructor(private readonly options: PeerOptions) {
    const { limits, stream } = options;
    const { maxHeaderBytes, maxGreetingBytes } = limits;
    this.parser = new FrameParser({ option: "maxGreetingBytes", bytes: maxGreetingBytes }, maxHeaderBytes);
    const writer = new FrameWriter(stream.writable, (id) => this.intake.answered(id));
    this.intake = new Intake(stream, limits, (id, error) => this.refuse(id, error));
    const reader = new BoundedReader(stream.readable, this.parser, this.intake);
    this.connection = createMessageConnection(reader, writer, this.logger(), {
      messageStrategy: this.intake.strategy,
    });
    const timer = setTimeout(() => {
      const reason = `there was no hello within ${limits.helloTimeoutMs} ms (--limit helloTimeoutMs)`;
      this.fault(reason);
      this.end(reason);
    }, limits.helloTimeoutMs);
    this.state = { kind: "greeting", timer: timer.unref() };
    this.answerGreeting();
    this.connection.onError(([error]) => this.fail(error));
    this.connection.onClose(() => this.settle());
    // A part of the daemon lets go of it: no close is told after that, and the other end would wait.
    this.connection.onDispose(() => this.settle());
    this.connection.listen();
  }

  get client(): ClientInfo | undefined {
    return this.state.kind === "open" ? this.state.client : undefined;
  }

  /** Says why, and lets go. */
  end(reason: string): void {
    if (this.state.kind === "ended") return;
    this.refuse(null, { code: studioErrorCode.refused, message: reason });
    this.settle();
  }

  private answerGreeting(): void {
    const { identity, origin, log } = this.options;
    // By its name: one without parameters is to be told that there is no token.
    this.connection.onRequest(hello.method, (params: unknown) =>
      answering(hello.method, log, () => {
        if (this.state.kind !== "greeting") throw new ResponseError(ErrorCodes.InvalidRequest, "hello was said before");
        try {
          this.open(checkHello(params, identity, origin));
        } catch (error) {
          this.letGoSoon(`hello was refused: ${error instanceof Error ? error.message : String(error)}`);
          throw error;
        }
        return {
          protocolVersion: studioProtocolVersion,
          version: identity.version,
          instance: identity.instance,
          pid: process.pid,
        };
      }),
    );
    this.connection.onRequest((method) => {
      if (this.state.kind !== "greeting") {
        throw new ResponseError(
          ErrorCodes.MethodNotFound,
          `the daemon knows no method ${JSON.stringify(method.slice(0, 100))}`,
        );
      }
      this.letGoSoon("a request came before hello");
      throw new ResponseError(studioErrorCode.unauthenticated, "the first request must be hello, with the token");
    });
  }

  private open(client: ClientInfo): void {
    const { origin, limits, welcome, log } = this.options;
    if (this.state.kind === "greeting") clearTimeout(this.state.timer);
    this.parser.largest = { option: "maxFrameBytes", bytes: limits.maxFrameBytes };
    this.connection.onRequest(alive, () => ({}));
    const connection = answeringConnection(this.connection, log);
    const leave = welcome({ connection, client, origin, intake: this.intake });
    this.state = { kind: "open", client, leave };
  }

  /** After the answer that is on its way. */
  private letGoSoon(reason: string): void {
    this.fault(reason);
    setImmediate(() => setImmediate(() => this.settle()));
  }

  /** What can't be read, or a socket that broke. */
  private fail(error: Error & { code?: unknown }): void {
    if (this.state.kind === "ended") return;
    if (typeof error.code === "number") this.refuse(null, { code: error.code, message: error.message });
    this.fault(error.message);
    this.settle();
  }

  private refuse(id: unknown, error: { code: number; message: string }): void {
    const { writable } = this.options.stream;
    if (!writable.writable) return;
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", id, error }));
    writable.write(`Content-Length: ${body.length}\r\n\r\n${body.toString()}`);
  }

  private settle(): void {
    const { state } = this;
    if (state.kind === "ended") return;
    this.state = { kind: "ended" };
    if (state.kind === "greeting") clearTimeout(state.timer);
    this.connection.dispose();
    if (state.kind === "open") state.leave();
    const { readable, writable } = this.options.stream;
    // Read on without looking, so that the last words arrive: bytes that nobody read would make the kernel reset the connection.
    readable
      .removeAllListeners("data")
      .on("data", () => {})
      .resume();
    for (const stream of [readable, writable]) stream.on("error", () => {});
    writable.end();
    const destroy = setTimeout(() => writable.destroy(), lastWordsMs);
    writable.once("close", () => clearTimeout(destroy));
    this.options.ended();
  }

  private fault(text: string): void {
    if (this.faults++ >= loggedFaults) return;
    const { log, origin } = this.options;
    const who = this.state.kind === "open" ? `${this.state.client.name} (${origin.name})` : origin.name;
    log.write("warning", "daemon", `connection of ${who}: ${text.slice(0, 500)}`);
  }

  private logger(): Logger {
    return { ...NullLogger, error: (text) => this.fault(text), warn: (text) => this.fault(text) };
  }
}
