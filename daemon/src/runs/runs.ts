import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { MessageConnection } from "vscode-jsonrpc";
import {
  type AgentBrief,
  type Allocation,
  type AllocationItem,
  type RunAnnouncement,
  thisMachine,
} from "agentscope-distributed/studio";
import { Emitter } from "../emitter.js";
import { StudioError } from "../errors.js";
import type { LogBook } from "../log/logBook.js";
import type { PlaceholderLog } from "../placeholders/placeholderLog.js";
import type { CallCounts } from "../placeholders/runCalls.js";
import { identify } from "../processes/processIdentity.js";
import { ProcessWatch } from "../processes/processWatch.js";
import type { Page, PageRequest, RunRow, StartRun } from "../protocol/index.js";
import type { Questions } from "../questions/questions.js";
import type { RunTable } from "../store/runTable.js";
import { type KeptEvents, KeptProcess } from "./keptProcess.js";
import { prune, type PruneLimits } from "./pruneRuns.js";
import { Run } from "./run.js";
import { endOfAttached, endOfKept, type RunEnd } from "./runEnd.js";
import { outputLimits, runEnvironment } from "./runEnvironment.js";
import type { RunInstances } from "./runInstances.js";
import { lastOutput, type OutputPage, readOutput } from "./runOutput.js";
import { newRow } from "./runRow.js";
import { scriptCommand } from "./scriptCommand.js";
import { checked, runAnnouncement } from "./scriptForms.js";
import { type AllocatingRun, hearScript } from "./scriptLine.js";
import { stopProcess } from "./stopProcess.js";

export interface RunsOptions extends PruneLimits {
  table: RunTable;
  log: LogBook;
  instances: RunInstances;
  placeholders: PlaceholderLog;
  questions: Questions;
  /** The state folder; output is kept in `runs` below it. */
  stateFolder: string;
  /** Where scripts that are started find the daemon. */
  studio: () => { url: string; token: string };
  /** Servers for agents of a run. */
  allocate: (items: AllocationItem[], run: AllocatingRun) => Promise<Allocation[]>;
  /** How many agents of a run live on servers. */
  agentsOnServers: (runId: string, options: { exact: boolean }) => number;
  /** How long a script elsewhere may be away before it is given up, in milliseconds. Default 30,000. */
  patienceMs?: number;
  /** How much output of a run is kept, in bytes. Default 16 MB. */
  outputBytes?: number;
}

/** A save of what changes all the time waits this long. */
const saveEveryMs = 2000;
const pruneEveryMs = 3_600_000;
/** Output is told in pieces of this size at most. */
const pageBytes = 64 * 1024;

/** Scripts that the daemon started, or that found it. */
export class Runs {
  /** The id of a run that is new, has changed, or is gone. */
  readonly changed = new Emitter<string>();
  readonly outputWritten = new Emitter<{ runId: string; text: string }>();
  private readonly runs = new Map<string, Run>();
  private readonly unsaved = new Set<Run>();
  private readonly timers: NodeJS.Timeout[];
  private readonly stopHearing: () => void;

  constructor(private readonly options: RunsOptions) {
    this.stopHearing = options.placeholders.changed.on(({ runId }) => {
      const run = this.runs.get(runId);
      if (run === undefined) return;
      this.unsaved.add(run);
      this.changed.emit(runId);
    });
    this.timers = [
      setInterval(() => this.saveChanged(), saveEveryMs).unref(),
      setInterval(() => this.prune(), pruneEveryMs).unref(),
    ];
  }

  /** Whether a run is going on. */
  get busy(): boolean {
    return [...this.runs.values()].some((run) => run.isGoing);
  }

  /** Newest first. */
  rows({ offset, limit }: PageRequest): Page<RunRow> {
    const all = [...this.runs.values()].sort((a, b) => b.row.startedAtMs - a.row.startedAtMs);
    return { total: all.length, offset, rows: all.slice(offset, offset + limit).map((run) => this.live(run)) };
  }

  /** @throws StudioError */
  row(runId: string): RunRow {
    return this.live(this.known(runId));
  }

  /** When a run ended, in milliseconds since 1970; 0 for one that is not known any more, undefined while it goes on. */
  endedAtMs(runId: string): number | undefined {
    const run = this.runs.get(runId);
    return run?.isGoing === true ? undefined : (run?.row.endedAtMs ?? 0);
  }

  /** Agents that live in the script's own process. */
  ownAgents(runId: string): AgentBrief[] {
    return this.runs.get(runId)?.agents ?? [];
  }

  /** How many agents of a class live in the processes of scripts. */
  ownAgentsOfClass(className: string): number {
    const going = [...this.runs.values()].filter(({ isGoing }) => isGoing);
    return going.reduce((sum, { agents }) => sum + agents.filter(([, , name]) => name === className).length, 0);
  }

  /** @throws StudioError when it can't be started. */
  async start(request: StartRun): Promise<RunRow> {
    const command = scriptCommand(request);
    const runId = randomUUID();
    const row = newRow(runId, { ...command, target: request.target ?? "" });
    const run = new Run({ row: { ...row, hasOutput: true }, isLocal: true });
    // Before it is there: a script may attach before its keeper has said that it runs.
    this.runs.set(runId, run);
    this.save(run);
    try {
      const env = runEnvironment(request, { runId, stateFolder: this.options.stateFolder, ...this.options.studio() });
      const { command: node, cwd, nodeArgs, script: path, args } = command;
      const order = {
        command: node,
        cwd,
        args: [...nodeArgs, path, ...args],
        folder: this.folderOf(runId),
        ...outputLimits(this.options.outputBytes),
      };
      const { kept, script } = await KeptProcess.start(order, env, this.keptEvents(run));
      run.kept = kept;
      run.row.pid = script.pid;
      run.stored.processMark = script.startedAt;
    } catch (error) {
      this.runs.delete(runId);
      this.options.table.delete(runId);
      throw error;
    }
    this.options.log.write("info", runId, { text: `${row.name} was started: ${row.script}`, about: { run_id: runId } });
    this.save(run);
    this.changed.emit(runId);
    return this.live(run);
  }

  /**
   * Ends a run: as Ctrl-C does, and with more force when that does not help.
   *
   * @throws StudioError when it has ended, or runs on another machine.
   */
  async stop(runId: string): Promise<void> {
    const run = this.known(runId);
    if (!run.isGoing) throw StudioError.refused(`the run has ended: it has ${run.row.state}`);
    const { process } = run;
    if (process === undefined && run.row.hasOutput)
      throw StudioError.refused("the run is being started: stop it once it is there");
    if (process === undefined) {
      throw StudioError.refused(`the run is not on the daemon's machine: end its process (${run.row.pid}) there`);
    }
    run.isStopping = true;
    await stopProcess(process, { isLeader: run.row.hasOutput });
    run.kept?.hurry();
    run.watch?.hurry();
  }

  /** @throws StudioError when the daemon does not have the output of the run. */
  output(runId: string, offset: number, limit: number): OutputPage {
    const { row } = this.known(runId);
    if (!row.hasOutput)
      throw StudioError.refused("the run was not started by the daemon: its output is where it was started");
    return readOutput(this.folderOf(runId), Math.max(0, offset), Math.max(16, limit));
  }

  /**
   * A script has connected. Its requests and what it tells are heard from now on.
   *
   * @param told its announcement
   * @throws StudioError when it does not have the form that it should have.
   */
  attach(connection: MessageConnection, told: unknown, peer: { isLocal: boolean }): { runId: string } {
    const announcement = checked(runAnnouncement, told);
    const { machine = thisMachine() } = announcement;
    const run = this.runFor(announcement, { isLocal: peer.isLocal && machine === thisMachine() });
    const { runId } = run.row;
    run.connection = connection;
    run.watch?.[Symbol.dispose]();
    clearTimeout(run.patience);
    run.watch = run.patience = undefined;
    const { placeholders, questions, allocate } = this.options;
    hearScript(connection, run, {
      ...{ placeholders, questions, allocate },
      agentsChanged: () => this.changed.emit(runId),
      over: () => this.detached(run, connection),
    });
    this.options.instances.addScript(announcement.instance, runId);
    this.save(run);
    this.changed.emit(runId);
    return { runId };
  }

  /**
   * A script that tells of itself once, and never connects: AgentScope 0.1's.
   *
   * @throws StudioError when the id is taken.
   */
  register(script: Pick<RunRow, "runId" | "project" | "name" | "cwd" | "startedAtMs"> & { pid?: number }): void {
    const { runId, pid = 0 } = script;
    if (this.runs.has(runId)) throw StudioError.refused(`there is a run ${JSON.stringify(runId)} already`);
    const told = { script: "", args: [], target: "", version: "", instance: `http/${runId}` };
    const run = this.runFor({ ...told, ...script, pid }, { isLocal: true });
    if (run.process !== undefined) this.awaitReturn(run, "it has ended; AgentScope 0.1 does not tell how");
    this.save(run);
    this.changed.emit(runId);
  }

  /** More or fewer of its agents live on servers than before. */
  noteAgents(runId: string, options = { exact: false }): void {
    const run = this.runs.get(runId);
    if (run?.isGoing !== true) return;
    run.mostOnServers = Math.max(run.mostOnServers, this.options.agentsOnServers(runId, options));
  }

  /** Finds the runs of earlier daemons: those that go on, and how the others ended. */
  async recover(): Promise<void> {
    for (const stored of this.options.table.all()) {
      if (this.runs.has(stored.row.runId)) continue;
      const run = new Run(stored);
      this.runs.set(stored.row.runId, run);
      if (!run.isGoing) continue;
      run.toldBefore = { ...stored.row };
      if (stored.instance !== undefined) this.options.instances.addScript(stored.instance, stored.row.runId);
      if (stored.row.hasOutput) this.recoverKept(run);
      else this.awaitReturn(run, "it ended while no daemon was running");
    }
    this.prune();
  }

  private recoverKept(run: Run): void {
    const folder = this.folderOf(run.row.runId);
    run.outputTold = readOutput(folder, 0, 0).total;
    run.kept = KeptProcess.recover(folder, this.keptEvents(run));
  }

  /** Runs go on without a daemon, and the next one finds them. */
  async close(): Promise<void> {
    this.stopHearing();
    for (const timer of this.timers) clearInterval(timer);
    for (const run of this.runs.values()) {
      if (run.isGoing) this.save(run);
      run[Symbol.dispose]();
    }
  }

  private runFor(announcement: RunAnnouncement, { isLocal }: { isLocal: boolean }): Run {
    const { instance, pid, target, project, name } = announcement;
    const there = this.byInstance(instance) ?? this.runs.get(announcement.runId);
    const isSame = there !== undefined && (there.stored.instance ?? instance) === instance;
    // The id is another script's: of the one that started this one, say, from which it was inherited.
    const runId = isSame ? there.row.runId : there === undefined ? announcement.runId : randomUUID();
    const run = isSame ? there : new Run({ row: newRow(runId, announcement), isLocal });
    this.runs.set(runId, run);
    const { row, stored } = run;
    Object.assign(row, { target, ...(project && { project }), ...(name && { name }) });
    stored.instance = instance;
    if (!row.hasOutput) {
      row.pid = pid;
      const mark = isLocal ? identify(pid)?.startedAt : undefined;
      if (mark !== undefined) stored.processMark = mark;
    }
    if (!run.isGoing && !row.hasOutput) this.goesOn(run);
    return run;
  }

  private byInstance(instance: string): Run | undefined {
    const runId = this.options.instances.isScript(instance) ? this.options.instances.runOf(instance) : undefined;
    return runId === undefined ? undefined : this.runs.get(runId);
  }

  /** It was given up, and is there. */
  private goesOn({ row }: Run): void {
    row.state = "running";
    delete row.endedAtMs;
    delete row.error;
  }

  private detached(run: Run, connection: MessageConnection): void {
    if (run.connection !== connection) return;
    run.connection = undefined;
    if (!run.isGoing) return;
    if (run.kept !== undefined) run.kept.hurry();
    else if (run.toldEnd !== undefined) this.endAttached(run, "");
    else this.awaitReturn(run, "its process ended without saying how");
  }

  /** A script that is not attached comes back, or is gone. */
  private awaitReturn(run: Run, lost: string): void {
    const isGone = () => this.endAttached(run, lost);
    const { process } = run;
    if (process !== undefined) run.watch = new ProcessWatch(process, isGone);
    else run.patience = setTimeout(isGone, this.options.patienceMs ?? 30_000).unref();
  }

  private endAttached(run: Run, otherwise: string): void {
    this.end(run, run.isStopping ? { state: "stopped" } : endOfAttached(run.toldEnd, otherwise));
  }

  private keptEvents(run: Run): KeptEvents {
    return {
      written: () => this.tellOutput(run),
      ended: (end) => {
        this.tellOutput(run);
        const { isStopping, toldEnd: told } = run;
        const output = lastOutput(this.folderOf(run.row.runId));
        this.end(run, endOfKept(end, { told, isStopping, lastOutput: output }), end?.endedAtMs);
      },
    };
  }

  private tellOutput(run: Run): void {
    const { runId } = run.row;
    for (;;) {
      const { text, end, total } = readOutput(this.folderOf(runId), run.outputTold, pageBytes);
      const isMore = end > run.outputTold;
      run.outputTold = end;
      if (!isMore) return;
      this.outputWritten.emit({ runId, text });
      if (end >= total) return;
    }
  }

  private end(run: Run, { state, ...more }: RunEnd, atMs = Date.now()): void {
    if (!run.isGoing) return;
    const { runId, name } = run.row;
    this.noteAgents(runId, { exact: true });
    this.options.placeholders.runEnded(runId);
    // Servers of its own may have ended before it.
    Object.assign(run.row, this.counts(run), { agents: run.agents.length + run.mostOnServers });
    run.end(state, { atMs, ...more });
    this.options.questions.runEnded(runId);
    const why = more.error === undefined ? "" : `: ${more.error}`;
    this.options.log.write(state === "failed" || state === "lost" ? "warning" : "info", runId, {
      text: `${name} has ${state}${why}`,
      about: { run_id: runId },
    });
    this.save(run);
    this.changed.emit(runId);
  }

  private live(run: Run): RunRow {
    const { row, isGoing, agents } = run;
    if (!isGoing) return { ...row };
    const onServers = this.options.agentsOnServers(row.runId, { exact: false });
    return { ...row, ...this.counts(run), agents: agents.length + onServers };
  }

  private counts({ row, toldBefore }: Run): CallCounts {
    const now = this.options.placeholders.counts(row.runId);
    const { calls, failedCalls, untoldCalls } = toldBefore;
    return {
      calls: now.calls + calls,
      failedCalls: now.failedCalls + failedCalls,
      openCalls: now.openCalls,
      untoldCalls: now.untoldCalls + untoldCalls,
    };
  }

  private save(run: Run): void {
    this.unsaved.delete(run);
    this.options.table.save({ ...run.stored, row: this.live(run) });
  }

  private saveChanged(): void {
    for (const run of this.unsaved) this.save(run);
  }

  private prune(): void {
    const { table, log, placeholders, instances, stateFolder } = this.options;
    for (const runId of prune(this.options, { table, log, folder: join(stateFolder, "runs") })) {
      this.runs.delete(runId);
      placeholders.forgetRun(runId);
      instances.removeRun(runId);
      this.changed.emit(runId);
    }
  }

  private folderOf(runId: string): string {
    return join(this.options.stateFolder, "runs", runId);
  }

  private known(runId: string): Run {
    const run = this.runs.get(runId);
    if (run === undefined) throw StudioError.notFound("run", runId);
    return run;
  }
}
