import { readJsonLine, type ServerAnnouncement } from "agentscope-distributed/studio";
import { StudioError } from "../errors.js";
import type { LogBook } from "../log/logBook.js";
import { isRunning } from "../processes/processIdentity.js";
import type { StartServer } from "../protocol/requests.js";
import type { StoredManagedServer } from "../store/serverTables.js";
import { managedCommand, type ManagedContext, managedLogPath } from "./managedCommand.js";
import { RestartPlan } from "./restartPlan.js";
import type { ServerEntry } from "./serverEntry.js";
import { serverLine } from "./serverLine.js";
import { ServerProcess } from "./serverProcess.js";

/** How long a server may take from its start until it attaches, in milliseconds. */
const startMs = 60_000;
/** How many lines of a crashed server a person is shown beside its state. */
const shownLines = 3;

export interface ManagedServerOptions {
  entry: ServerEntry;
  start: StartServer;
  /** The run that it was started for, and ends with; undefined: a person's. */
  forRun?: string;
  context: ManagedContext;
  log: LogBook;
  /** Kept for the next daemon; undefined: not to be found again. */
  save: (record: StoredManagedServer | undefined) => void;
  /** Told to shorten waiting in tests. Default: {@link RestartPlan}'s own. */
  restartPlan?: RestartPlan;
}

type Phase =
  /** There is a process, which `deadline` ends when it does not attach. */
  | { kind: "running"; process: ServerProcess; startedAtMs: number; deadline: NodeJS.Timeout | undefined }
  | { kind: "waiting"; timer: NodeJS.Timeout }
  | { kind: "stopping"; done: Promise<void> }
  | { kind: "ended" };

/**
 * A server that the daemon keeps running.
 *
 * 1. There is one phase, which owns the process, or the timer of the next one.
 * 2. A process that ends by itself is a crash, whatever its exit code: it is started again, later each time, and not for ever.
 * 3. Before a next process is started, nothing of the last one's tree is left.
 * 4. After `stop` there is no process, and none will be.
 */
export class ManagedServer {
  private phase: Phase = { kind: "ended" };
  private readonly plan: RestartPlan;
  private waiter: { resolve: () => void; reject: (error: StudioError) => void } | undefined = undefined;
  private instance = "";

  constructor(private readonly options: ManagedServerOptions) {
    this.plan = options.restartPlan ?? new RestartPlan();
    options.entry.cwd = options.start.cwd;
  }

  get entry(): ServerEntry {
    return this.options.entry;
  }

  get forRun(): string | undefined {
    return this.options.forRun;
  }

  get isEnded(): boolean {
    return this.phase.kind === "ended";
  }

  /**
   * Starts it; resolves when it is attached.
   *
   * @throws StudioError with its last words when it can't be started; then it is not tried again.
   */
  async start(): Promise<void> {
    const attached = new Promise<void>((resolve, reject) => {
      this.waiter = { resolve, reject };
    });
    this.launch();
    await attached;
  }

  /** Watches the process that an earlier daemon started, if it is still there; else starts it again. */
  adopt(stored: StoredManagedServer): void {
    const { entry, context } = this.options;
    this.instance = stored.instance;
    entry.restarts = stored.restarts;
    const identity = { pid: stored.pid, startedAt: stored.processMark ?? "" };
    const logPath = managedLogPath(context.home, entry.serverId);
    if (!isRunning(identity)) {
      this.crashed("it ended while no daemon was there", stored.startedAtMs);
      return;
    }
    const process = ServerProcess.adopt(
      identity,
      logPath,
      this.events(() => process),
    );
    this.run(process, stored.startedAtMs);
    entry.unreachable("the daemon was started again and waits for it");
  }

  /** Whether an announcement is that of its process. */
  isIts({ pid }: ServerAnnouncement): boolean {
    return this.phase.kind === "running" && this.phase.process.identity.pid === pid;
  }

  /** It has attached. */
  attached(instance: string): void {
    if (this.phase.kind !== "running") return;
    clearTimeout(this.phase.deadline);
    this.phase.deadline = undefined;
    this.instance = instance;
    this.save(this.phase.process, this.phase.startedAtMs);
    this.waiter?.resolve();
    this.waiter = undefined;
  }

  /** Its connection has ended: so may have its process. */
  lost(): void {
    if (this.phase.kind === "running") this.phase.process.hurry();
  }

  /** Ends it, with all that its process started; resolves when that is done. */
  async stop(): Promise<void> {
    const { entry } = this.options;
    const { phase } = this;
    if (phase.kind === "stopping") return phase.done;
    this.options.save(undefined);
    entry.expectStop(true);
    if (phase.kind === "waiting") clearTimeout(phase.timer);
    if (phase.kind === "running") {
      clearTimeout(phase.deadline);
      const done = phase.process.stop().finally(() => phase.process[Symbol.dispose]());
      this.phase = { kind: "stopping", done };
      await done;
    }
    this.phase = { kind: "ended" };
    entry.stopped();
    this.waiter?.reject(StudioError.refused(`${entry.serverId} was stopped before it was ready`));
    this.waiter = undefined;
  }

  /** The daemon ends, and the server does not. */
  leave(): void {
    if (this.phase.kind === "waiting") clearTimeout(this.phase.timer);
    if (this.phase.kind === "running") {
      clearTimeout(this.phase.deadline);
      this.phase.process[Symbol.dispose]();
    }
    this.phase = { kind: "ended" };
  }

  private launch(): void {
    const { entry, start, context } = this.options;
    const startedAtMs = Date.now();
    entry.starting(entry.restarts === 0 ? undefined : `started again (${entry.restarts})`);
    try {
      const command = managedCommand(entry.serverId, start, context);
      const logPath = managedLogPath(context.home, entry.serverId);
      const process = ServerProcess.start(
        command,
        logPath,
        this.events(() => process),
      );
      this.run(process, startedAtMs);
      this.save(process, startedAtMs);
    } catch (error) {
      this.crashed(`it could not be started: ${(error as Error).message}`, startedAtMs);
    }
  }

  private run(process: ServerProcess, startedAtMs: number): void {
    const deadline = setTimeout(() => {
      this.options.log.write("error", this.entry.serverId, `it was not ready within ${startMs / 1000} s and is ended`);
      void process.stop();
    }, startMs).unref();
    this.phase = { kind: "running", process, startedAtMs, deadline };
  }

  private events(process: () => ServerProcess): { line(text: string): void; ended(how: string): void } {
    const { entry, log } = this.options;
    return {
      line: (text) => {
        const { level, said } = serverLine(text, entry.serverId);
        log.write(level, entry.serverId, said);
      },
      ended: (how) => void this.processEnded(process(), how),
    };
  }

  private async processEnded(process: ServerProcess, how: string): Promise<void> {
    const { phase } = this;
    if (phase.kind !== "running" || phase.process !== process) return;
    clearTimeout(phase.deadline);
    const lines = process
      .lastLines()
      .slice(-shownLines)
      .map((line) => readJsonLine(line)?.msg ?? line);
    process[Symbol.dispose]();
    this.phase = { kind: "stopping", done: process.stop() };
    const said = lines.length === 0 ? how : `${how}; its last words: ${lines.join(" · ")}`;
    this.entry.crashed(said);
    await this.phase.done;
    // It may have been stopped meanwhile.
    if (this.phase.kind === "stopping") this.crashed(said, phase.startedAtMs);
  }

  private crashed(how: string, startedAtMs: number): void {
    const { entry, log, save } = this.options;
    const isFirst = this.waiter !== undefined;
    const pauseMs = isFirst ? undefined : this.plan.pauseAfter(Date.now() - startedAtMs);
    if (pauseMs !== undefined) {
      const when = pauseMs < 1000 ? "at once" : `in ${Math.round(pauseMs / 1000)} s`;
      log.write("error", entry.serverId, `it crashed (${how}) and is started again ${when}`);
      entry.crashed(`${how}; it is started again ${when}`);
      entry.restarts += 1;
      this.phase = { kind: "waiting", timer: setTimeout(() => this.launch(), pauseMs).unref() };
      return;
    }
    this.phase = { kind: "ended" };
    save(undefined);
    const why = isFirst ? "" : `; it crashed ${this.plan.limit} times in a row and is not started again by itself`;
    log.write("error", entry.serverId, `it crashed (${how})${why}`);
    entry.crashed(`${how}${why}`);
    this.waiter?.reject(StudioError.refused(`${entry.serverId} could not be started: ${how}`));
    this.waiter = undefined;
  }

  private save({ identity }: ServerProcess, startedAtMs: number): void {
    const { entry, start, forRun, save } = this.options;
    save({
      serverId: entry.serverId,
      options: start,
      pid: identity.pid,
      processMark: identity.startedAt,
      instance: this.instance,
      startedAtMs,
      restarts: entry.restarts,
      ...(forRun !== undefined && { forRun }),
    });
  }
}
