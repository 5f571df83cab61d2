import { AgentCallError } from "../errors.js";
import { type Cursor, operation } from "../link/operations.js";
import type { PeerInfo } from "../link/peer.js";
import type { CallResult } from "../messages/callResult.js";
import { ForeignResult } from "./foreignResult.js";
import { ForwardedResult } from "./forwardedResult.js";
import { LocalResult } from "./localResult.js";
import { PromisedResult } from "./promisedResult.js";
import { RemoteAgent } from "./remoteAgent.js";
import type { ProbeWay } from "./probeWay.js";
import type { Session } from "./session.js";
import { currentTask, type Task } from "./task.js";

/** A search for a cycle: which wait began it, and the agents on the way so far. */
interface Probe {
  /** Unique over all processes: `instance/lane/number of the wait`. */
  origin: string;
  path: string[];
}

/** What a search goes on to, and the agents on the way there. */
type Step = WaitedFor | Waiting;
interface WaitedFor {
  result: CallResult<unknown>;
  path: string[];
}
interface Waiting {
  task: Task;
  path: string[];
}

/** The thread whose waits these are. */
export interface WaitGraphHome {
  readonly lane: number;
  readonly self: PeerInfo;
  resultOf(caller: string, seq: number): CallResult<unknown>;
}

/** Longer than any chain of waiting agents that makes sense; ends a probe that runs in a circle beside its origin. */
const maxPathLength = 1000;

/**
 * Finds calls that would wait for themselves, when the wait begins that closes the circle.
 *
 * A call waits for: what its code awaits (while it runs); its missing inputs, the calls of the same caller before it, and the
 * call that its agent is busy with (while it is in the mailbox). Only code that awaits in the middle of its turn can close a
 * circle, so a search starts there and nowhere else. It follows the edges through every process on the way (edge chasing,
 * Chandy, Misra and Haas 1983); when it comes back to the call that began it, that call's wait ends with an error.
 */
export class WaitGraph {
  private lastWait = 0;
  private readonly waits = new Map<string, { task: Task; result: CallResult<unknown> }>();

  constructor(private readonly endpoint: WaitGraphHome) {}

  /** The running code of an agent waits for a result. */
  awaited(result: CallResult<unknown>): void {
    const task = currentTask();
    if (task === undefined || task.ended || task.awaiting?.has(result) === true) return;
    const { instance } = this.endpoint.self;
    const origin = `${instance}/${this.endpoint.lane}/${++this.lastWait}`;
    this.waits.set(origin, { task, result });
    (task.awaiting ??= new Set()).add(result);
    result.whenRead(() => {
      this.waits.delete(origin);
      task.awaiting?.delete(result);
    });
    this.search(result, { origin, path: pathOver([], task) });
  }

  /** A probe from another process: `origin, path, what is waited for`. */
  receive(cursor: Cursor, session: Session): void {
    const origin = cursor.text();
    const path = cursor.next() as string[];
    const what = cursor.next();
    const probe = { origin, path };
    if (typeof what === "number") this.search(session.incoming.result(what), probe);
    else if (Array.isArray(what) && what.length === 2) {
      this.search(this.endpoint.resultOf(String(what[0]), Number(what[1])), probe);
    } else if (Array.isArray(what)) {
      const promised = session.args.promisedTo(Number(what[0]));
      if (promised !== undefined) this.search(promised, probe);
    }
  }

  /** Goes on to whatever the result waits for. Thousands of calls may wait in a row: a loop, where a recursion would end the stack. */
  private search(result: CallResult<unknown>, { origin, path }: Probe): void {
    const ahead: Step[] = [{ result, path }];
    for (let step = ahead.pop(); step !== undefined; step = ahead.pop()) {
      if ("task" in step) this.visit(step, origin, ahead);
      else this.follow(step, origin, ahead);
    }
  }

  private follow({ result, path }: WaitedFor, origin: string, ahead: Step[]): void {
    if (result.settled || path.length > maxPathLength) return;
    const { source } = result;
    const probe = { origin, path };
    if (source instanceof LocalResult) ahead.push({ task: source.task, path });
    else if (source instanceof RemoteAgent) {
      source.whenBound(() => {
        if (source.session !== undefined) send(source.session, probe, result.seq);
      });
    } else if (source instanceof ForeignResult) {
      send(source.session, probe, [source.reference.caller, source.reference.seq]);
    } else if (source instanceof PromisedResult) {
      send(source.session, probe, [result.seq]);
    } else if (source instanceof ForwardedResult) {
      ahead.push({ result: source.from, path });
    }
  }

  private visit({ task, path }: Waiting, origin: string, ahead: Step[]): void {
    if (task.ended) return;
    const wait = this.waits.get(origin);
    const onward = pathOver(path, task);
    if (wait !== undefined && wait.task === task) {
      this.endWait(wait.task, wait.result, onward);
    } else if (!task.isNewTo(origin)) {
      // Where it leads from here is being looked at.
    } else if (task.state === "running") {
      for (const result of task.awaiting ?? []) ahead.push({ result, path: onward });
    } else {
      const follow = (waiting: Task) => {
        for (const result of waiting.inputs()) ahead.push({ result, path: onward });
      };
      const { running } = task.agent;
      // The same agent: it stands on the way once.
      if (running !== undefined) ahead.push({ task: running, path });
      for (const earlier of task.agent.heldUpBefore(task)) {
        // Where one has been looked at, so have those before it.
        if (!earlier.isNewTo(origin)) break;
        follow(earlier);
      }
      follow(task);
    }
  }

  private endWait(task: Task, result: CallResult<unknown>, path: readonly string[]): void {
    const names = path.map((name) => (name.endsWith(passedOn) ? name.slice(0, -passedOn.length) : name));
    if (names.length === 1 || names[0] !== names.at(-1)) names.push(names[0] as string);
    const circle = names.join(" → ");
    result.fail(
      new AgentCallError(
        "CALL_CYCLE",
        `a cycle of calls that would wait for itself: ${circle}. ${names[0]} is busy until its own reply ends; ` +
          "call without awaiting the result, or let another agent answer",
        { agent: task.agent.label },
      ),
    );
    result.source?.cancel?.(result);
  }
}

/** Ends the name of an agent that stands on the way by one that passes its calls on. */
const passedOn = "\u0000";

/** A way that goes on over the agent of a call. One that passes calls on has the name of the agent, which stands there once. */
function pathOver(path: readonly string[], { agent }: Task): string[] {
  const last = path.at(-1);
  const { name } = agent;
  if (last === name + passedOn) return agent.passesOn ? [...path] : [...path.slice(0, -1), name];
  if (!agent.passesOn) return [...path, name];
  return last === name ? [...path] : [...path, name + passedOn];
}

function send(session: ProbeWay, { origin, path }: Probe, what: number | [string, number] | [number]): void {
  if (session.ended === undefined) session.channel.write(100).push(operation.probe, origin, path, what);
}
