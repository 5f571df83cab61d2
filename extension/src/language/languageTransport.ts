import { once } from "node:events";
import { createConnection } from "node:net";
import { hello, studioProtocolVersion } from "agentscope-distributed-daemon/protocol";
import type { Discovery } from "agentscope-distributed/studio";
import {
  type Message,
  type MessageReader,
  type MessageWriter,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import type { DaemonClient } from "../daemon/daemonClient.js";
import { timeLimit } from "../daemon/timeLimit.js";

/** A connection to the daemon that has said hello, and nothing else. */
export interface LanguageTransport {
  reader: MessageReader;
  writer: MessageWriter;
}

const helloTimeoutMs = 10_000;
/** After a daemon did not let in: it may be ending. */
const pauseMs = 1000;

/**
 * A connection of its own to the daemon of the window: to the one that is there, or else to the next one. It waits for that as long as
 * it takes, and starts none.
 *
 * @param options `signal` ends the waiting
 */
export async function languageTransport(
  daemon: DaemonClient,
  options: { version: string; signal: AbortSignal },
): Promise<LanguageTransport> {
  const { signal } = options;
  for (;;) {
    const discovery = await connected(daemon, signal);
    try {
      return await greeted(discovery, options);
    } catch {
      await pause(signal);
    }
  }
}

async function connected(daemon: DaemonClient, signal: AbortSignal): Promise<Discovery> {
  for (;;) {
    signal.throwIfAborted();
    const { discovery } = daemon;
    if (discovery !== undefined) return discovery;
    let stop = () => {};
    const changed = new Promise<void>((resolve) => {
      stop = daemon.stateChanged.on(() => resolve());
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await changed.finally(stop);
  }
}

async function greeted(
  { pipe, token }: Discovery,
  { version, signal }: { version: string; signal: AbortSignal },
): Promise<LanguageTransport> {
  const socket = createConnection(pipe);
  try {
    await once(socket, "connect", { signal });
    const writer = new StreamMessageWriter(socket);
    const client = { kind: "editor", name: "language features", version, pid: process.pid } as const;
    const params = { protocolVersion: studioProtocolVersion, token, client };
    const reader = new StreamMessageReader(socket);
    const answered = new Promise<Message>((resolve, reject) => {
      reader.listen(resolve);
      socket.once("close", () => reject(new Error("the daemon closed the connection")));
    });
    const request = { jsonrpc: "2.0", id: "hello", method: hello.method, params };
    await writer.write(request);
    const failure = () => new Error("the daemon does not answer");
    const answer = (await timeLimit(answered, { timeoutMs: helloTimeoutMs, failure })) as {
      error?: { message: string };
    };
    if (answer.error !== undefined) throw new Error(answer.error.message);
    reader.dispose();
    // Nobody has asked anything yet, so nothing is on its way that the first reader would have taken.
    return { reader: new StreamMessageReader(socket), writer };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, pauseMs);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
