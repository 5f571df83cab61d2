import { AgentScopeError, asError } from "../errors.js";
import { CallResult } from "../messages/callResult.js";
import { Msg } from "../messages/msg.js";
import { readValue } from "../messages/remoteFile.js";
import { unwrapLarge } from "../messages/largeValue.js";
import { snapshot } from "../messages/valueCodec.js";
import type { Task } from "./task.js";

/** Who is told how the inputs of a task end. */
export interface InputListener {
  /** The last missing one is there; it may have been there at once. */
  inputsReady(task: Task): void;
  /** One of them failed: the task will not run. */
  inputFailed(task: Task, error: AgentScopeError): void;
}

/** Puts the values of results in their places among the arguments as they come; results stand alone or in a list. */
export function awaitInputs(task: Task, listener: InputListener): void {
  const { args } = task;
  for (let index = 0; index < args.length && !task.ended; index++) {
    const arg = args[index];
    if (needsWaiting(arg)) new Input(task, listener, { list: args, index }).start();
    if (!Array.isArray(arg)) continue;
    // All of a list, also when one has failed already: the failures of the others are taken care of, too.
    for (let item = 0; item < arg.length; item++) {
      if (needsWaiting(arg[item])) new Input(task, listener, { list: arg as unknown[], index: item }).start();
    }
  }
}

function needsWaiting(arg: unknown): boolean {
  return arg instanceof CallResult || (arg instanceof Msg && typeof arg.url === "object");
}

/** One argument that is not there yet, or names a file that is not. */
class Input {
  constructor(
    private readonly task: Task,
    private readonly listener: InputListener,
    private readonly place: { list: unknown[]; index: number },
  ) {}

  start(): void {
    this.task.missing++;
    const input = this.place.list[this.place.index];
    if (!(input instanceof CallResult)) {
      this.arrived(input);
      return;
    }
    input.whenRead(({ state, outcome }) => {
      if (state === "failed") this.failed(outcome as AgentScopeError);
      else this.arrived(outcome);
    });
  }

  private arrived(value: unknown): void {
    const readable = readValue(unwrapLarge(value));
    if (!(readable instanceof Promise)) {
      this.ready(readable);
      return;
    }
    readable.then(
      (read) => this.ready(read),
      (thrown: unknown) => this.failed(asScopeError(thrown)),
    );
  }

  private ready(value: unknown): void {
    const { task, place } = this;
    if (task.ended) return;
    // Two agents may be given the same result: each gets a message of its own.
    place.list[place.index] = unwrapLarge(snapshot(value, "input"));
    task.missing--;
    if (task.missing === 0) this.listener.inputsReady(task);
  }

  private failed(error: AgentScopeError): void {
    if (!this.task.ended) this.listener.inputFailed(this.task, error);
  }
}

function asScopeError(thrown: unknown): AgentScopeError {
  if (thrown instanceof AgentScopeError) return thrown;
  const cause = asError(thrown);
  return new AgentScopeError("AGENT_FAILED", `a file of the input could not be fetched: ${cause.message}`, { cause });
}
