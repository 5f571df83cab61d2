import { AgentScopeError, asError } from "../errors.js";
import { lateModule } from "../lateModule.js";
import type { Dialled } from "./dialStudio.js";
import type { ClientInfo } from "./protocol.js";
import { sdkVersion } from "./sdkVersion.js";
import type { StudioAddress } from "./studioAddress.js";
import type { StudioLine } from "./studioLine.js";

const firstPauseMs = 50;
const longestPauseMs = 1000;
/** How often a daemon that has refused is looked at again: its address or token may have changed. */
const refusedPauseMs = 2000;

const loadDialling = lateModule(() => import("./dialStudio.js"));

type State =
  | { kind: "idle" }
  | { kind: "dialling"; giveUp: AbortController }
  /** The owner announces itself. */
  | { kind: "announcing"; line: StudioLine }
  | { kind: "open"; line: StudioLine }
  | { kind: "waiting"; timer: NodeJS.Timeout }
  | { kind: "closed" };

export interface StudioConnectionOptions {
  /** Asked before each dialling: a daemon that was started again may have another port and token. */
  address: () => StudioAddress | undefined;
  client: Pick<ClientInfo, "kind" | "name">;
  /** The owner announces itself, on each new line; what it is refused with ends the line, and is tried again now and then. */
  opened: (line: StudioLine) => void | Promise<void>;
  /** Told what a person should know, once each: a refusal, and that a daemon which somebody named is not there. */
  warn: (text: string) => void;
}

/**
 * The way to a daemon, for as long as this process lives: dialled again whenever it ends.
 *
 * 1. There is one state, which owns what exists in it: the attempt, the line, or the timer of the next attempt.
 * 2. A refusal of token or version is told once, and not tried again until address or token has changed.
 * 3. Nothing keeps the process alive unless it is held.
 * 4. What speaks to daemons is loaded with the first attempt, and there is none before an address is known.
 */
export class StudioConnection implements AsyncDisposable {
  private state: State = { kind: "idle" };
  private failures = 0;
  private holds = 0;
  private refused: { key: string; error: AgentScopeError } | undefined = undefined;
  private lastError: AgentScopeError | undefined = undefined;
  private hasWarnedOfAbsence = false;
  private lastWarned: string | undefined = undefined;
  private readonly waiting = new Set<(end: StudioLine | AgentScopeError) => void>();

  constructor(private readonly options: StudioConnectionOptions) {}

  /** Begins to dial. */
  start(): void {
    if (this.state.kind === "idle") this.dial();
  }

  /** The line, while there is one on which the owner has announced itself. */
  get line(): StudioLine | undefined {
    return this.state.kind === "open" ? this.state.line : undefined;
  }

  /**
   * The line, as soon as there is one; keeps the process alive meanwhile.
   *
   * @param signal gives it up.
   * @throws AgentScopeError `STUDIO_UNREACHABLE` when there is none in time; at once what a daemon has refused with.
   */
  async whenOpen(timeoutMs: number, signal?: AbortSignal): Promise<StudioLine> {
    signal?.throwIfAborted();
    if (this.state.kind === "open") return this.state.line;
    if (this.state.kind === "closed") throw closedError();
    if (this.refused !== undefined) throw this.refused.error;
    this.hold();
    const end = await new Promise<StudioLine | AgentScopeError>((resolve) => {
      const settle = (how: StudioLine | AgentScopeError) => {
        clearTimeout(timer);
        this.waiting.delete(settle);
        signal?.removeEventListener("abort", giveUp);
        resolve(how);
      };
      const giveUp = () => settle(closedError());
      const timer = setTimeout(() => settle(this.lastError ?? absentError()), timeoutMs);
      this.waiting.add(settle);
      signal?.addEventListener("abort", giveUp);
    });
    this.unhold();
    signal?.throwIfAborted();
    if (end instanceof AgentScopeError) throw end;
    return end;
  }

  /** Whether a daemon could not be reached, or has refused. */
  get hasFailed(): boolean {
    return this.lastError !== undefined || this.refused !== undefined;
  }

  /** Keeps the process alive, until as many {@link unhold}. */
  hold(): void {
    if (this.holds++ === 0) this.applyHold();
  }

  unhold(): void {
    if (--this.holds === 0) this.applyHold();
  }

  private applyHold(): void {
    const held = this.holds > 0;
    const { state } = this;
    if (state.kind === "open" || state.kind === "announcing") state.line.hold(held);
    else if (state.kind === "waiting") void (held ? state.timer.ref() : state.timer.unref());
  }

  private dial(): void {
    let address: StudioAddress | undefined;
    try {
      address = this.options.address();
    } catch (thrown) {
      this.refuse("", asError(thrown) as AgentScopeError);
      return;
    }
    const key = JSON.stringify([address?.url, address?.token]);
    if (address === undefined || this.refused?.key === key) {
      this.pause(address === undefined ? longestPauseMs : refusedPauseMs);
      return;
    }
    this.refused = undefined;
    const giveUp = new AbortController();
    this.state = { kind: "dialling", giveUp };
    void this.attempt(address, key, giveUp.signal);
  }

  private async attempt(address: StudioAddress, key: string, signal: AbortSignal): Promise<void> {
    const dialled = await this.dialled(address, signal);
    if (signal.aborted) {
      if (dialled.kind === "open") dialled.line.settle("it is not wanted any more");
      return;
    }
    if (dialled.kind === "open") return this.announce(dialled.line);
    if (dialled.kind === "refused") return this.refuse(key, dialled.error);
    if (address.isNamed && !this.hasWarnedOfAbsence) {
      this.hasWarnedOfAbsence = true;
      this.options.warn(`${dialled.error.message}. It is tried again; as-studio starts a daemon`);
    }
    this.failed(dialled.error);
  }

  private async dialled(address: StudioAddress, signal: AbortSignal): Promise<Dialled> {
    const client = { ...this.options.client, version: sdkVersion, pid: process.pid };
    try {
      const { dialStudio } = await loadDialling();
      return await dialStudio(address, client, { signal, held: this.holds > 0 });
    } catch (thrown) {
      // What dials can't be loaded: no descriptor is left.
      const { message } = asError(thrown);
      return {
        kind: "unreachable",
        error: new AgentScopeError("STUDIO_UNREACHABLE", `no daemon can be dialled: ${message}`),
      };
    }
  }

  private async announce(line: StudioLine): Promise<void> {
    this.state = { kind: "announcing", line };
    this.applyHold();
    const isCurrent = () => "line" in this.state && this.state.line === line;
    line.ended.addEventListener("abort", () => {
      if (isCurrent()) this.failed(line.ended.reason as AgentScopeError);
    });
    try {
      await this.options.opened(line);
    } catch (thrown) {
      if (!isCurrent()) return;
      // Another announcement may be taken later: the id of a server that is gone becomes free.
      this.refuse("", asError(thrown) as AgentScopeError);
      line.settle("it refused what this process is");
      return;
    }
    if (!isCurrent()) return;
    this.failures = 0;
    this.state = { kind: "open", line };
    this.wake(line);
  }

  private refuse(key: string, error: AgentScopeError): void {
    if (this.lastWarned !== error.message) this.options.warn(error.message);
    this.lastWarned = error.message;
    this.refused = { key, error };
    this.pause(refusedPauseMs);
    this.wake(error);
  }

  private failed(error: AgentScopeError): void {
    this.lastError = error;
    this.pause(Math.min(firstPauseMs * 2 ** this.failures++, longestPauseMs));
  }

  private pause(pauseMs: number): void {
    this.state = { kind: "waiting", timer: setTimeout(() => this.dial(), pauseMs) };
    this.applyHold();
  }

  private wake(end: StudioLine | AgentScopeError): void {
    for (const waiter of this.waiting) waiter(end);
  }

  /** Ends it for good, when what was written is gone. */
  async close(): Promise<void> {
    const { state } = this;
    this.state = { kind: "closed" };
    this.wake(closedError());
    if (state.kind === "dialling") state.giveUp.abort();
    else if (state.kind === "waiting") clearTimeout(state.timer);
    else if (state.kind === "open" || state.kind === "announcing") await state.line.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function closedError(): AgentScopeError {
  return new AgentScopeError("STUDIO_UNREACHABLE", "the connection to the daemon was closed here");
}

function absentError(): AgentScopeError {
  return new AgentScopeError("STUDIO_UNREACHABLE", "there is no daemon: as-studio starts one");
}
