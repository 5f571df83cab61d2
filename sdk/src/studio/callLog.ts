import { availableParallelism, loadavg } from "node:os";
import type { CallBatch, CalledAgent, CallEnd, CallEvent, CallOrigin } from "./callBatch.js";
import { CallSampling } from "./callSampling.js";

/** Whether, and where to, this thread tells of its calls: one look at `log` is all that an unwatched call costs. */
export const callWatch: { log: CallLog | undefined } = { log: undefined };

/** When a call was made, by whom, and where; noted before it is known which number it gets. */
export interface CallMade {
  atMs: number;
  by: CallOrigin;
}

export interface CallLogOptions {
  /** How calls between agents of this thread are named: the instance of the process, then what tells its threads apart. */
  localCaller: string;
  /** Takes a batch. */
  tell: (batch: CallBatch) => void;
  /** Id of the call in whose turn code runs. */
  turn: () => string | undefined;
  /** Where in the script the code stands that runs, where that is of interest. */
  site?: () => string | undefined;
}

const windowMs = 100;
const maxBatch = 2000;
/** Looking up where a call is made costs some microseconds; in a window only so many are, of those that can't be sent yet. */
const maxSitesAhead = 500;

/** An event before its batch is made: with the caller's name and the agent, not with their places in it. */
interface Noted {
  caller: string;
  seq: number;
  agent?: CalledAgent;
  event: (caller: number, agent: number) => CallEvent;
}

/**
 * Lifes of this thread's calls, told in batches (callBatch.ts).
 *
 * 1. Of a call that is told of as made or arrived, its end is told, too.
 * 2. What waits to be told is bounded: by how many calls are told of (callSampling.ts), each with few events.
 */
export class CallLog {
  private readonly sampling = new CallSampling();
  private noted: Noted[] = [];
  private untold = 0;
  private lastLocal = 0;
  private sitesAhead = 0;
  private timer: NodeJS.Timeout | undefined;
  private lastUse = performance.eventLoopUtilization();

  constructor(private readonly options: CallLogOptions) {}

  get localCaller(): string {
    return this.options.localCaller;
  }

  /** Of the calls that are made now, those are told of whose number has none of these bits. */
  get mask(): number {
    return this.sampling.mask;
  }

  /** A number for a call that goes over no session. */
  nextLocal(): number {
    return ++this.lastLocal;
  }

  /** Whether a call is told of that is made now under this number. */
  tellsMade(seq: number): boolean {
    const tells = this.tells(seq);
    if (!tells) this.untold++;
    return tells;
  }

  /** Whether a call is told of that arrives now under its caller's number. */
  tellsArrived(seq: number): boolean {
    return this.tells(seq);
  }

  private tells(seq: number): boolean {
    this.timer ??= setTimeout(() => this.window(), windowMs).unref();
    return this.sampling.takes(seq);
  }

  /** That a call is made now that gets its number later. */
  madeAhead(): CallMade {
    return this.origin(++this.sitesAhead <= maxSitesAhead);
  }

  madeNow(): CallMade {
    return this.origin(true);
  }

  private origin(withSite: boolean): CallMade {
    const by: CallOrigin = {};
    const turnOf = this.options.turn();
    if (turnOf !== undefined) by.turnOf = turnOf;
    const at = withSite && turnOf === undefined ? this.options.site?.() : undefined;
    if (at !== undefined) by.at = at;
    return { atMs: Date.now(), by };
  }

  /** One more told call is open, until its end is told. */
  opened(): void {
    this.sampling.open++;
  }

  made(call: {
    caller: string;
    seq: number;
    agent: CalledAgent;
    method: string;
    inputs: string[];
    made: CallMade;
  }): void {
    const { caller, seq, agent, method, inputs, made } = call;
    const { atMs, by } = made;
    this.note({ caller, seq, agent, event: (from, to) => ["made", from, seq, atMs, to, method, inputs, by] });
  }

  arrived({ caller, seq, agent, method }: { caller: string; seq: number; agent: CalledAgent; method: string }): void {
    const atMs = Date.now();
    this.note({ caller, seq, agent, event: (from, to) => ["arrived", from, seq, atMs, to, method] });
  }

  begun(caller: string, seq: number, atMs = Date.now()): void {
    this.note({ caller, seq, event: (from) => ["begun", from, seq, atMs] });
  }

  /** The end of a call that was {@link opened}. */
  ended(caller: string, seq: number, end: CallEnd): void {
    this.sampling.open--;
    this.lateEnd(caller, seq, end);
  }

  /** What became of the result of a call that has ended. */
  lateEnd(caller: string, seq: number, end: CallEnd): void {
    const atMs = Date.now();
    this.note({ caller, seq, event: (from) => ["ended", from, seq, atMs, end] });
  }

  private note(noted: Noted): void {
    this.noted.push(noted);
    this.timer ??= setTimeout(() => this.window(), windowMs).unref();
  }

  private window(): void {
    this.timer = undefined;
    this.sampling.adapt(this.busy());
    this.sitesAhead = 0;
    this.tellBatch();
    if (this.noted.length > 0) this.timer = setTimeout(() => this.window(), windowMs).unref();
  }

  /** Whether telling would take time from the program: from this thread, or from others that wait for a processor. */
  private busy(): number {
    const { eventLoopUtilization } = performance;
    const { utilization } = eventLoopUtilization(this.lastUse, (this.lastUse = eventLoopUtilization()));
    return Math.max(utilization, Math.min((loadavg()[0] ?? 0) / availableParallelism(), 1));
  }

  /** Tells all that waits: the thread ends. */
  flush(): void {
    while (this.noted.length > 0 || this.untold > 0) this.tellBatch();
  }

  private tellBatch(): void {
    if (this.noted.length === 0 && this.untold === 0) return;
    const callers = new Places<string>((name) => name);
    const agents = new Places<CalledAgent>(({ agentId, server }) => `${agentId} ${server}`);
    const events = this.noted
      .splice(0, maxBatch)
      .map(({ caller, agent, event }) => event(callers.of(caller), agent === undefined ? 0 : agents.of(agent)));
    const { untold } = this;
    this.untold = 0;
    this.options.tell({ callers: callers.all, agents: agents.all, events, untold });
  }
}

/** Gives each of equal things the same place in a list. */
class Places<Thing> {
  readonly all: Thing[] = [];
  private readonly places = new Map<string, number>();

  constructor(private readonly keyOf: (thing: Thing) => string) {}

  of(thing: Thing): number {
    const key = this.keyOf(thing);
    const known = this.places.get(key);
    if (known !== undefined) return known;
    this.places.set(key, this.all.length);
    return this.all.push(thing) - 1;
  }
}
