import { basename, resolve } from "node:path";
import { thisMachine } from "../link/peer.js";
import { settings } from "../orchestration/settings.js";
import { AgentFeed } from "./agentFeed.js";
import { Allocator } from "./allocator.js";
import { CallFeed } from "./callFeed.js";
import { CallLog, callWatch } from "./callLog.js";
import { callSite } from "./callSite.js";
import type { EditorCallOptions, EditorWay } from "./editorModelCalls.js";
import type { EditorModelEnd, EditorModelRequest } from "./editorModels.js";
import type { AgentBrief, Allocation, AllocationItem, PersonQuestion, RunAnnouncement } from "./protocol.js";
import type { RunEnd, RunLine } from "./runLine.js";
import { askOn, askPersonOn, type RunWay } from "./runWay.js";
import { type EndTeller, ScriptEnd } from "./scriptEnd.js";
import { scriptStudio } from "./scriptStudio.js";
import { sdkVersion } from "./sdkVersion.js";
import { namedStudio, studioEnvironment } from "./studioAddress.js";
import { StudioConnection } from "./studioConnection.js";
import type { StudioLine } from "./studioLine.js";
import { randomUUID } from "../randomId.js";

/** How long calls are noted for a daemon that is not there, in milliseconds. */
const noteMs = 5000;
/** The most that the end of the script is put off, in milliseconds. */
const endMs = 300;

/** An agent of the script's own process. */
export interface LocalAgent {
  readonly id: string;
  readonly name: string;
  readonly className: string;
}

/** The process that is a run. */
export interface RunProcess {
  instance: string;
  agents: () => Iterable<LocalAgent>;
  /** Id of the call in whose turn code runs. */
  turn: () => string | undefined;
}

/**
 * A script as a daemon sees it: a run.
 *
 * 1. Without a daemon it costs one look for the file that would name it; nothing is loaded, and no timer runs.
 * 2. Nothing of it keeps the process alive, but what the script itself waits for: an allocation, an answer.
 * 3. On each connection it announces itself under the same id, and tells of all its agents.
 */
export class ScriptRun implements RunWay, EndTeller, EditorWay {
  connection: StudioConnection | undefined = undefined;
  line: RunLine | undefined = undefined;
  wasOpen = false;
  private url: string | undefined;
  private runId = "";
  private agents: AgentFeed | undefined;
  private readonly calls = new CallFeed();
  private noting: NodeJS.Timeout | undefined;
  private readonly allocator = new Allocator((items) => askOn(this, (line) => line.allocate(items), { attempts: 2 }));

  constructor(private readonly run: RunProcess) {}

  /**
   * Connects to the daemon that was named, or is found; to another one when that was named since.
   *
   * @throws InvalidArgumentError when the name is no http address.
   */
  join(): void {
    const address = scriptStudio();
    if (address === undefined || address.url === this.url) return;
    const before = this.connection;
    this.url = address.url;
    this.connection = new StudioConnection({
      address: scriptStudio,
      client: { kind: "script", name: basename(scriptPath()) },
      opened: (line) => this.opened(line),
      warn: (text) => settings.logger.warn(text),
    });
    this.connection.start();
    this.noteCalls();
    if (before === undefined) {
      this.runId = takeRunId();
      ScriptEnd.watch(this);
    } else {
      void before.close();
    }
  }

  private async opened(line: StudioLine): Promise<void> {
    // What speaks the protocol is loaded with the first daemon that is there.
    const { RunLine } = await import("./runLine.js");
    const run = await RunLine.attach(line, this.announcement());
    const agents = new AgentFeed((changes) => run.tellAgents(changes));
    this.line = run;
    this.agents = agents;
    this.wasOpen = true;
    this.noteCalls();
    clearTimeout(this.noting);
    line.ended.addEventListener("abort", () => {
      agents.end();
      if (this.line !== run) return;
      this.line = undefined;
      this.agents = undefined;
      this.calls.end();
      this.noteCalls();
    });
    void agents.begin([...this.run.agents()].map((agent) => this.brief(agent)));
    void this.calls.begin((batch) => run.tellCalls(batch));
  }

  /** Calls are noted for a daemon that is there, or may be there in a moment. */
  private noteCalls(): void {
    callWatch.log ??= new CallLog({
      localCaller: `${this.run.instance}-local.0`,
      tell: (batch) => this.calls.take(batch),
      turn: this.run.turn,
      site: callSite,
    });
    clearTimeout(this.noting);
    this.noting = setTimeout(() => {
      callWatch.log = undefined;
      this.calls.takeAll();
    }, noteMs).unref();
  }

  private announcement(): RunAnnouncement {
    const { project, name, target } = settings;
    const usual = namedStudio(settings.studioUrl) === undefined ? "child" : "studio";
    return {
      runId: this.runId,
      instance: this.run.instance,
      ...(project !== undefined && { project }),
      ...(name !== undefined && { name }),
      script: scriptPath(),
      args: process.argv.slice(2),
      cwd: process.cwd(),
      pid: process.pid,
      machine: thisMachine(),
      startedAtMs: Math.round(performance.timeOrigin),
      target: process.env["AGENTSCOPE_TARGET"] || target || usual,
      version: sdkVersion,
    };
  }

  private brief({ id, name, className }: LocalAgent): AgentBrief {
    return [id, name, className, this.run.instance];
  }

  agentMade(agent: LocalAgent): void {
    this.agents?.changed([this.brief(agent)], []);
  }

  agentDeleted({ id }: LocalAgent): void {
    this.agents?.changed([], [id]);
  }

  /** Where to put an agent; a child process where there is no daemon, or it has no server. */
  allocate(item: AllocationItem): Promise<Allocation> {
    return this.allocator.allocate(item);
  }

  /**
   * The answer of a person at one of the daemon's clients; undefined where there is no daemon to be expected.
   *
   * @param options `signal` withdraws the question; `isAlone`: nobody else can answer it.
   */
  ask(question: PersonQuestion, options: { signal: AbortSignal; isAlone: () => boolean }): Promise<string> | undefined {
    return this.connection === undefined ? undefined : askPersonOn(this, question, options);
  }

  callEditor(request: EditorModelRequest, options: EditorCallOptions): Promise<EditorModelEnd> {
    return askOn(this, (line) => line.callEditor(request, options), { attempts: 1, signal: options.signal });
  }

  async atLeisure(end: RunEnd): Promise<boolean> {
    const { connection } = this;
    // One that is not there is not waited for.
    if (connection === undefined || (this.line === undefined && connection.hasFailed)) return false;
    callWatch.log?.flush();
    const signal = AbortSignal.timeout(endMs);
    try {
      await askOn(this, (line) => line.ending(end, signal), { attempts: 1, timeoutMs: () => endMs, signal });
      return true;
    } catch {
      return false;
    }
  }

  atOnce(end: RunEnd): void {
    // What the feed would take now would not leave in time.
    this.calls.end();
    callWatch.log?.flush();
    this.line?.lastWords(this.calls.takeAll(), end);
  }
}

/** Under which the daemon that started the script knows it, if one did: it is this process's alone. */
function takeRunId(): string {
  const given = process.env[studioEnvironment.runId];
  delete process.env[studioEnvironment.runId];
  return given || randomUUID();
}

function scriptPath(): string {
  const [, script = ""] = process.argv;
  return script === "" ? "" : resolve(script);
}
