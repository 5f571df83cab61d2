import { spawn } from "node:child_process";
import { closeSync, type FSWatcher, mkdirSync, openSync, readFileSync, watch } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { StudioError } from "../errors.js";
import { isOutOfDescriptors } from "../processes/descriptors.js";
import { isRunning, type ProcessIdentity } from "../processes/processIdentity.js";
import { ProcessWatch } from "../processes/processWatch.js";
import { type KeeperEnded, type KeeperOrder, keeperFiles, type KeeperStarted } from "./keeper/keeperOrder.js";

/** Looks are this far apart, however often a file changes. */
const lookAgainMs = 50;
/** How soon what was written is noticed at the latest, where the system does not tell of changed files. */
const lookEveryMs = 500;

/** How a run's process ended; undefined: it is gone, and nobody saw how. */
export type KeptEnd = KeeperEnded | undefined;

export interface KeptEvents {
  /** The run wrote something, or may have. */
  written: () => void;
  /** Asked again a moment later when it throws, as `written` is, that there is no descriptor to read the run's files with. */
  ended: (end: KeptEnd) => void;
}

/**
 * The process of a run that the daemon started, and the keeper beside it, as they are found by their folder: the same for the daemon that
 * started them and for the next one.
 *
 * Watches until the process has ended, tells of that once, and then holds nothing.
 */
export class KeptProcess implements Disposable {
  private readonly watcher: FSWatcher | undefined;
  private readonly timer: NodeJS.Timeout;
  private readonly keeperWatch: ProcessWatch | undefined;
  private soon: NodeJS.Timeout | undefined;
  private isOver = false;

  private constructor(
    private readonly folder: string,
    private readonly keeper: ProcessIdentity | undefined,
    private readonly events: KeptEvents,
  ) {
    this.watcher = watchFolder(folder, () => this.lookSoon());
    this.timer = setInterval(() => this.lookIfPossible(), lookEveryMs).unref();
    this.keeperWatch = keeper && new ProcessWatch(keeper, () => this.lookIfPossible());
    // Not at once: whoever made this does not have it yet.
    setImmediate(() => this.lookIfPossible());
  }

  /**
   * Starts a process.
   *
   * @throws StudioError when it can't be started.
   */
  static async start(
    order: KeeperOrder,
    env: NodeJS.ProcessEnv,
    events: KeptEvents,
  ): Promise<{ kept: KeptProcess; script: ProcessIdentity }> {
    mkdirSync(order.folder, { recursive: true, mode: 0o700 });
    const problems = openSync(join(order.folder, keeperFiles.problems), "a", 0o600);
    const entry = fileURLToPath(new URL("./keeper/keeperProcess.js", import.meta.url));
    const keeper = spawn(process.execPath, [entry, JSON.stringify(order)], {
      env,
      // So that a signal to the daemon's group is not one to its runs.
      detached: true,
      stdio: ["ignore", "pipe", problems],
      windowsHide: true,
    });
    closeSync(problems);
    keeper.unref();
    const started = await new Promise<KeeperStarted | { error: string }>((resolve) => {
      let said = "";
      keeper.stdout?.setEncoding("utf8").on("data", (text: string) => (said += text));
      keeper.once("error", (error) => resolve({ error: error.message }));
      keeper.stdout?.once("close", () => resolve(parseStarted(said)));
    });
    if ("error" in started) throw StudioError.refused(`the run could not be started: ${started.error}`);
    return { kept: new KeptProcess(order.folder, started.keeper, events), script: started.script };
  }

  /**
   * One that an earlier daemon started; it may have ended.
   *
   * @throws Error when no descriptor is left to look.
   */
  static recover(folder: string, events: KeptEvents): KeptProcess {
    const started = readJson(join(folder, keeperFiles.started)) as KeeperStarted | undefined;
    return new KeptProcess(folder, started?.keeper, events);
  }

  /** It may have ended: somebody's connection to it has. */
  hurry(): void {
    this.keeperWatch?.hurry();
  }

  [Symbol.dispose](): void {
    this.isOver = true;
    this.watcher?.close();
    clearInterval(this.timer);
    clearTimeout(this.soon);
    this.keeperWatch?.[Symbol.dispose]();
  }

  private lookSoon(): void {
    if (!this.isOver) this.soon ??= setTimeout(() => this.lookIfPossible(), lookAgainMs).unref();
  }

  /** Where no descriptor is left nothing is concluded: the next look has one. */
  private lookIfPossible(): void {
    try {
      this.look();
    } catch (error) {
      if (!isOutOfDescriptors(error)) throw error;
    }
  }

  private look(): void {
    if (this.isOver) return;
    clearTimeout(this.soon);
    this.soon = undefined;
    // Before its end is looked for: nothing is written by a keeper that is gone.
    const isKept = this.keeper !== undefined && isRunning(this.keeper);
    const end = readJson(join(this.folder, keeperFiles.ended)) as KeptEnd;
    this.events.written();
    if (isKept && end === undefined) return;
    this.events.ended(end);
    this[Symbol.dispose]();
  }
}

function parseStarted(line: string): KeeperStarted | { error: string } {
  try {
    return JSON.parse(line) as KeeperStarted;
  } catch {
    return { error: "its keeper ended before it had started it" };
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (isOutOfDescriptors(error)) throw error;
    return undefined;
  }
}

function watchFolder(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, changed);
    // The folder was removed, or there are too many watchers: the timer looks.
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
