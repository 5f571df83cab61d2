import type { ResourceSample } from "agentscope-distributed/studio";
import { StudioError } from "../errors.js";
import { identify, isRunning, type ProcessIdentity } from "../processes/processIdentity.js";
import { ProcessWatch } from "../processes/processWatch.js";
import type { ServerKind, ServerRow } from "../protocol/model.js";
import { ResourceHistory } from "./resourceHistory.js";
import type { ServerLink } from "./serverLink.js";

/** What a server is, as far as it tells. */
export interface ServerIdentity {
  /** Unique for each start of a server; empty where it does not tell. */
  instance: string;
  host: string;
  port: number;
  pid?: number;
  software: string;
  classes?: string[];
  access: ServerRow["access"];
  /** What callers must show. */
  token?: string;
  /** How many turns it takes at a time; 0 where it does not tell. */
  workers: number;
  viaStudio: boolean;
  /** Whether its process is one of this machine. */
  isLocal: boolean;
  /** Of the process that a child was started by. */
  parentInstance?: string;
}

export interface EntryEvents {
  changed(): void;
  sampled(sample: ResourceSample): void;
  /** Its agents are gone with its process. */
  agentsLost(): void;
}

type State =
  | { kind: "starting" }
  | { kind: "attached"; link: ServerLink; silence: NodeJS.Timeout; isSilent: boolean; isBusy: boolean }
  | { kind: "unreachable"; watch: ProcessWatch | undefined }
  | { kind: "crashed" }
  | { kind: "stopped" };

/** Whether both tell of the same process; where there is no instance (AgentScope 0.1) by its number. */
function isSameStart(a: ServerIdentity, b: ServerIdentity): boolean {
  return a.instance === b.instance && (a.instance !== "" || a.pid === b.pid);
}

/** A server that tells of itself each second has said nothing for so long: something is wrong with it, or with the way to it. */
const silenceMs = 5000;
const busyDelayMs = 250;

/**
 * One server, whatever becomes of it: the same row for as long as it is in the list.
 *
 * 1. There is one state, which owns what exists in it: the link, or the watch of the process. What is left by `enter` is disposed of there.
 * 2. Only the link of the state is listened to: what another link tells is of the past.
 * 3. Agents are lost when their process is known to be gone, and not when it can't be reached.
 */
export class ServerEntry {
  readonly history = new ResourceHistory();
  identity: ServerIdentity;
  restarts = 0;
  /** Whether it has told what became of the classes that it was started with. */
  hasToldClasses = false;
  /** The folder that it was started for. */
  cwd: string | undefined = undefined;
  private state: State = { kind: "starting" };
  private stateSinceMs = Date.now();
  private detail: string | undefined = undefined;
  private process: ProcessIdentity | undefined = undefined;
  private isToStop = false;
  /** Whether its process is known to have ended by itself. */
  isProcessGone = false;

  constructor(
    readonly serverId: string,
    readonly kind: ServerKind,
    private readonly options: {
      events: EntryEvents;
      agents: () => number;
      runOf: (instance: string) => string | undefined;
      /** Whether it tells of itself each second; then its silence means something. */
      isTalking: boolean;
    },
  ) {
    this.identity = {
      instance: "",
      host: "",
      port: 0,
      software: "",
      access: "open",
      workers: 0,
      viaStudio: false,
      isLocal: false,
    };
  }

  /** Whether it is there and answers. */
  get isAlive(): boolean {
    return this.state.kind === "attached" && !this.state.isSilent;
  }

  get isAttached(): boolean {
    return this.state.kind === "attached";
  }

  /** What it is, since when and why, as a list shows it. */
  get shown(): { state: ServerRow["state"]; sinceMs: number; detail: string | undefined } {
    return { state: this.shownState(), sinceMs: this.stateSinceMs, detail: this.detail };
  }

  /** Whether the process that it was last is one of this machine, and still runs. */
  get isProcessRunning(): boolean {
    return this.process !== undefined && isRunning(this.process);
  }

  /** @throws StudioError when it is not there. */
  get link(): ServerLink {
    if (this.state.kind === "attached") return this.state.link;
    throw StudioError.unreachable(`${this.serverId} is ${this.state.kind}${this.detail ? `: ${this.detail}` : ""}`);
  }

  isLink(link: ServerLink): boolean {
    return this.state.kind === "attached" && this.state.link === link;
  }

  /** It is there, for the first time or again. */
  attach(link: ServerLink, identity: ServerIdentity): void {
    if (this.identity.pid !== undefined && !isSameStart(this.identity, identity)) this.options.events.agentsLost();
    this.identity = identity;
    this.isToStop = false;
    this.hasToldClasses = false;
    this.isProcessGone = false;
    this.process = identity.isLocal && identity.pid !== undefined ? identify(identity.pid) : undefined;
    const silence = setTimeout(() => this.noteSilence(), silenceMs).unref();
    if (!this.options.isTalking) clearTimeout(silence);
    this.enter({ kind: "attached", link, silence, isSilent: false, isBusy: false });
  }

  /** The link of the state has ended; another's end says nothing. */
  linkEnded(link: ServerLink, why: string): void {
    if (!this.isLink(link)) return;
    if (this.isToStop) {
      this.stopped();
      return;
    }
    const { process } = this;
    const watch = process && new ProcessWatch(process, () => this.noteProcessGone());
    this.enter({ kind: "unreachable", watch }, why);
  }

  starting(detail?: string): void {
    this.enter({ kind: "starting" }, detail);
  }

  unreachable(detail: string): void {
    this.enter({ kind: "unreachable", watch: undefined }, detail);
  }

  /** Its process has ended without being asked to. */
  crashed(detail: string): void {
    this.options.events.agentsLost();
    this.enter({ kind: "crashed" }, detail);
  }

  /** It was asked to end, and did; or it ended as it should. */
  stopped(detail?: string): void {
    this.enter({ kind: "stopped" }, detail);
  }

  /** Whether it was asked to end, and may do so any time: then that it ends is no crash. */
  expectStop(isExpected: boolean): void {
    this.isToStop = isExpected;
  }

  /** The run whose script started it, where that is known. */
  get runId(): string | undefined {
    const { parentInstance } = this.identity;
    return parentInstance === undefined ? undefined : this.options.runOf(parentInstance);
  }

  /** Agents can be made of these classes now. */
  tellClasses(classes: string[]): void {
    this.identity.classes = classes;
    this.hasToldClasses = true;
    this.options.events.changed();
  }

  take(sample: ResourceSample): void {
    const { state } = this;
    if (state.kind !== "attached") return;
    this.history.add(sample);
    const isBusy =
      sample.eventLoopDelayMs > busyDelayMs || (this.identity.workers > 0 && sample.running >= this.identity.workers);
    const isChanged = state.isBusy !== isBusy || state.isSilent;
    if (this.options.isTalking) state.silence.refresh();
    state.isSilent = false;
    state.isBusy = isBusy;
    if (isChanged) this.changedState();
    this.options.events.sampled(sample);
  }

  /** It is not in the list any more. */
  [Symbol.dispose](): void {
    this.stopped();
  }

  row(): ServerRow {
    const { instance, host, port, pid, software, classes, access, viaStudio } = this.identity;
    const { runId } = this;
    const resources = this.history.latest;
    return {
      serverId: this.serverId,
      instance,
      kind: this.kind,
      state: this.shownState(),
      stateSinceMs: this.stateSinceMs,
      ...(this.detail !== undefined && { detail: this.detail }),
      host,
      port,
      ...(pid !== undefined && { pid }),
      software,
      ...(classes !== undefined && { classes }),
      agents: this.options.agents(),
      ...(resources !== undefined && { resources }),
      ...(runId !== undefined && { runId }),
      ...(this.cwd !== undefined && { cwd: this.cwd }),
      restarts: this.restarts,
      viaStudio,
      access,
    };
  }

  private shownState(): ServerRow["state"] {
    if (this.state.kind !== "attached") return this.state.kind;
    if (this.state.isSilent) return "unreachable";
    return this.state.isBusy ? "busy" : "ready";
  }

  private noteSilence(): void {
    if (this.state.kind !== "attached") return;
    this.state.isSilent = true;
    this.changedState(`it has told nothing for ${silenceMs / 1000} s, though its connection is open`);
  }

  private noteProcessGone(): void {
    this.isProcessGone = true;
    this.options.events.agentsLost();
    this.changedState(`its process (${this.process?.pid}) has ended`);
  }

  private enter(next: State, detail?: string): void {
    const left = this.state;
    this.state = next;
    // What is left ends only now: a link that ends tells so, and is of the past by then.
    if (left.kind === "unreachable") left.watch?.[Symbol.dispose]();
    if (left.kind === "attached") {
      clearTimeout(left.silence);
      left.link[Symbol.dispose]();
    }
    this.changedState(detail);
  }

  private changedState(detail?: string): void {
    this.detail = detail;
    this.stateSinceMs = Date.now();
    this.options.events.changed();
  }
}
