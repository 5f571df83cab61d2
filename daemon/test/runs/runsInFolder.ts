import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import { LogBook } from "../../src/log/logBook.js";
import { PlaceholderLog } from "../../src/placeholders/placeholderLog.js";
import type { RunRow } from "../../src/protocol/model.js";
import { Questions } from "../../src/questions/questions.js";
import { RunInstances } from "../../src/runs/runInstances.js";
import { Runs, type RunsOptions } from "../../src/runs/runs.js";
import { Store } from "../../src/store/store.js";
import { until } from "../until.js";

/** The runs of a daemon that has its state in a folder of its own. */
export class RunsInFolder implements AsyncDisposable {
  readonly questions = new Questions();
  readonly instances = new RunInstances();
  readonly placeholders = new PlaceholderLog(this.instances);
  readonly log = new LogBook();
  readonly runs: Runs;
  private readonly store: Store;

  private constructor(
    readonly folder: string,
    more: Partial<RunsOptions>,
  ) {
    this.store = Store.open(folder, (text) => {
      throw new Error(text);
    });
    const { questions, instances, placeholders, log } = this;
    this.runs = new Runs({
      ...{ questions, instances, placeholders, log, table: this.store.runs, stateFolder: folder },
      studio: () => ({ url: "http://127.0.0.1:9", token: "secret" }),
      allocate: async (items) => items.map(() => ({ kind: "child", reason: "no servers here" })),
      agentsOnServers: () => 0,
      ...more,
    });
  }

  static async open(more: Partial<RunsOptions> = {}): Promise<RunsInFolder> {
    return new RunsInFolder(await mkdtemp(join(tmpdir(), "runs-test-")), more);
  }

  /** As if the daemon had been killed, and another came: what is in memory is gone, and the folder is there. */
  async again(more: Partial<RunsOptions> = {}): Promise<RunsInFolder> {
    await this.runs.close();
    this.store[Symbol.dispose]();
    const next = new RunsInFolder(this.folder, more);
    await next.runs.recover();
    return next;
  }

  async script(name: string, text: string): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, text);
    return path;
  }

  /** The row once a run has ended. */
  async ended(runId: string, timeoutMs = 10_000): Promise<RunRow> {
    await until(() => this.runs.row(runId).state !== "running", { timeoutMs, what: "the end of the run" });
    return this.runs.row(runId);
  }

  async prints(runId: string, text: string): Promise<void> {
    await until(() => this.runs.output(runId, 0, 100_000).text.includes(text), { timeoutMs: 10_000, what: text });
  }

  /** A script's connection; gives the script's end. */
  attach(announcement: Parameters<Runs["attach"]>[1], isLocal = true): AttachedScript {
    const script = new AttachedScript();
    script.runId = this.runs.attach(script.daemonEnd, announcement, { isLocal }).runId;
    // After the run's own listeners.
    script.daemonEnd.onClose(() => (script.isOver = true));
    script.daemonEnd.listen();
    return script;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const row of this.runs.rows({ offset: 0, limit: 500 }).rows) {
      if (row.state === "running" && row.hasOutput) await this.runs.stop(row.runId);
    }
    await this.runs.close();
    this.store[Symbol.dispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export class AttachedScript {
  runId = "";
  /** Whether the daemon's end has heard that the connection is over. */
  isOver = false;
  private readonly toDaemon = new PassThrough();
  private readonly toScript = new PassThrough();
  readonly daemonEnd: MessageConnection = connection(this.toDaemon, this.toScript);
  readonly scriptEnd: MessageConnection = connection(this.toScript, this.toDaemon);

  constructor() {
    this.scriptEnd.listen();
  }

  /** As the end of a process ends its sockets. */
  disconnect(): void {
    this.toDaemon.destroy();
  }
}

function connection(from: PassThrough, to: PassThrough): MessageConnection {
  return createMessageConnection(new StreamMessageReader(from), new StreamMessageWriter(to));
}
