import { setTimeout as pause } from "node:timers/promises";
import { AgentScopeError } from "../errors.js";
import { isDebugged } from "../link/debugged.js";
import type { PersonQuestion } from "./protocol.js";
import type { RunLine } from "./runLine.js";
import type { StudioConnection } from "./studioConnection.js";

/** How long a daemon is waited for that was not there yet, in milliseconds. */
const reachMs = 3000;
/** How long one is waited for that was there and is away, when nobody else can answer, in milliseconds. */
const backMs = 30_000;
const askAgainMs = 1000;

/** A connection to a daemon on which this process is announced as a run, now and then. */
export interface RunWay {
  readonly connection: StudioConnection | undefined;
  readonly line: RunLine | undefined;
  /** Whether there ever was a line. */
  readonly wasOpen: boolean;
}

/**
 * Asks on the connection, as soon as there is one, and keeps the process alive meanwhile.
 *
 * @param attempts how often it is asked again on the next connection, when one ends before the answer.
 * @throws AgentScopeError when there is no connection in time, or the daemon refuses; what `signal` is aborted with.
 */
export async function askOn<Answer>(
  way: RunWay,
  ask: (line: RunLine) => Promise<Answer>,
  { attempts, timeoutMs = () => reachMs, signal }: { attempts: number; timeoutMs?: () => number; signal?: AbortSignal },
): Promise<Answer> {
  const { connection } = way;
  if (connection === undefined)
    throw new AgentScopeError("STUDIO_UNREACHABLE", "there is no daemon: as-studio starts one");
  connection.hold();
  try {
    for (let attempt = 1; ; ) {
      await connection.whenOpen(isDebugged() ? backMs : timeoutMs(), signal);
      const { line } = way;
      if (line === undefined) continue;
      try {
        return await ask(line);
      } catch (thrown) {
        if (!line.ended || attempt++ >= attempts) throw thrown;
      }
    }
  } finally {
    connection.unhold();
  }
}

/**
 * Asks the person who sits at the daemon's clients; again after each new start of the daemon.
 *
 * @param options `isAlone` tells whether nobody else can answer: then the question fails when no daemon is there for a while.
 */
export async function askPersonOn(
  way: RunWay,
  question: PersonQuestion,
  { signal, isAlone }: { signal: AbortSignal; isAlone: () => boolean },
): Promise<string> {
  for (;;) {
    try {
      // Asked anew each time: the daemon that is away may have come only after the question.
      const timeoutMs = () => (way.wasOpen ? backMs : reachMs);
      return await askOn(way, (line) => line.ask(question, signal), { attempts: Infinity, timeoutMs, signal });
    } catch (thrown) {
      signal.throwIfAborted();
      if (isAlone()) throw thrown;
      await pause(askAgainMs, undefined, { signal });
    }
  }
}
