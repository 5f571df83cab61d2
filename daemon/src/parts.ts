import type { Home } from "./home/home.js";
import type { LogBook } from "./log/logBook.js";
import { EditorModels } from "./models/editorModels.js";
import { PlaceholderLog } from "./placeholders/placeholderLog.js";
import { Questions } from "./questions/questions.js";
import { RunInstances } from "./runs/runInstances.js";
import { Runs } from "./runs/runs.js";
import { Servers } from "./servers/servers.js";
import { Store } from "./store/store.js";

export interface PartsOptions {
  home: Home;
  log: LogBook;
  /** What the daemon listens on. */
  bindHost: string;
  /** How many agent servers may have registered by HTTP. */
  maxRegisteredServers: number;
  /** Where processes that are started find the daemon; asked when one is. */
  studio: () => { url: string; token: string };
}

/** What a daemon knows and does, whoever asks: its parts, each told of those that it needs. */
export class Parts {
  readonly log: LogBook;
  readonly store: Store;
  readonly instances = new RunInstances();
  readonly questions = new Questions();
  readonly models = new EditorModels();
  readonly placeholders: PlaceholderLog;
  readonly servers: Servers;
  readonly runs: Runs;
  private readonly stopHearing: () => void;

  constructor({ home, log, bindHost, maxRegisteredServers, studio }: PartsOptions) {
    const { instances, questions } = this;
    this.log = log;
    this.store = Store.open(home.folder, (text) => log.write("warning", "daemon", text));
    const { store } = this;
    this.placeholders = new PlaceholderLog(instances, {
      questionOf: (runId, agent) => questions.promptOf(runId, agent),
    });
    const { placeholders } = this;
    this.servers = new Servers({
      ...{ log, home, store, bindHost, runOf: (instance) => instances.runOf(instance) },
      maxRegistered: maxRegisteredServers,
      runEndedAt: (runId) => this.runs.endedAtMs(runId),
    });
    const { servers } = this;
    this.runs = new Runs({
      ...{ table: store.runs, log, instances, placeholders, questions, stateFolder: home.folder, studio },
      allocate: (items, run) => servers.allocate(items, run),
      agentsOnServers: (runId, options) => servers.agentsOfRun(runId, options),
    });
    const removals = [this.loseCallsOfServers(), servers.runAgentsChanged.on((runId) => this.runs.noteAgents(runId))];
    this.stopHearing = () => {
      for (const remove of removals) remove();
    };
  }

  /** Whether something needs the daemon. */
  get busy(): boolean {
    return this.servers.busy || this.runs.busy;
  }

  /** Finds again what an earlier daemon left. */
  async recover(): Promise<void> {
    await this.runs.recover();
    await this.servers.recover();
  }

  /**
   * Ends what the daemon started, but for runs: those go on, and the next daemon finds them.
   *
   * @param options `leave`: servers go on, too
   */
  async close({ leave }: { leave: boolean }): Promise<void> {
    this.stopHearing();
    if (leave) this.servers.leave();
    else await this.servers.close();
    await this.runs.close();
    this.store[Symbol.dispose]();
  }

  /** What is open on a server that has ended is lost. */
  private loseCallsOfServers(): () => void {
    return this.servers.changed.on((serverId) => {
      const row = this.servers.row(serverId);
      if (row?.state !== "crashed" && row?.state !== "stopped") return;
      const because = `its server ${serverId} has ${row.state}`;
      this.placeholders.serverLost({ address: `${row.host}:${row.port}`, because });
    });
  }
}
