import type { AgentInput } from "../agents/agentConfig.js";
import type { Placeholder } from "../messages/placeholder.js";
import type { Msg } from "../messages/msg.js";

/** An agent, a handle, or anything else that is called like one. */
export type Operator = (input?: AgentInput) => Placeholder | PromiseLike<Msg> | Msg;

/** One operator, or several that run one after the other; none passes the input on. */
export type Operators = Operator | readonly Operator[] | undefined;

/** What a pipeline decides on: the message itself, once it is there. */
type Value = Msg | Msg[] | undefined;

/** Runs operators one after the other, each on what the one before gave. Nothing is awaited: the placeholder is there at once. */
export function sequentialPipeline(operators: readonly Operator[], input?: AgentInput): AgentInput {
  let x: AgentInput = input;
  for (const operator of operators) x = operator(x) as Placeholder;
  return x;
}

/** Runs `ifBody` or `elseBody`, by what `condition` says of the message, which is awaited for it. */
export async function ifElsePipeline(
  condition: (x: Value) => boolean | PromiseLike<boolean>,
  bodies: { ifBody: Operators; elseBody?: Operators },
  input?: AgentInput,
): Promise<Msg | Msg[] | undefined> {
  const x = await valueOf(input);
  return valueOf(run((await condition(x)) ? bodies.ifBody : bodies.elseBody, x));
}

/** Runs the case that `condition` names, else `defaultBody`. */
export async function switchPipeline<Key extends string | number>(
  condition: (x: Value) => Key | PromiseLike<Key>,
  bodies: { cases: Readonly<Record<Key, Operators>>; defaultBody?: Operators },
  input?: AgentInput,
): Promise<Msg | Msg[] | undefined> {
  const x = await valueOf(input);
  const key = await condition(x);
  return valueOf(run(Object.hasOwn(bodies.cases, key) ? bodies.cases[key] : bodies.defaultBody, x));
}

/**
 * Runs the body up to `maxLoop` times, each on what the one before gave.
 *
 * @param options `breakFunc` ends the loop when it is true of a result; only for it results are awaited.
 */
export async function forLoopPipeline(
  body: Operators,
  options: { maxLoop: number; breakFunc?: (x: Value) => boolean | PromiseLike<boolean> },
  input?: AgentInput,
): Promise<Msg | Msg[] | undefined> {
  let x: AgentInput = input;
  for (let loop = 0; loop < options.maxLoop; loop++) {
    x = run(body, x);
    if (options.breakFunc !== undefined) {
      const value = await valueOf(x);
      if (await options.breakFunc(value)) return value;
      x = value;
    }
  }
  return valueOf(x);
}

/** Runs the body as long as `condition` is true of the loop's number (from 0) and the last message. */
export async function whileLoopPipeline(
  body: Operators,
  condition: (loop: number, x: Value) => boolean | PromiseLike<boolean>,
  input?: AgentInput,
): Promise<Msg | Msg[] | undefined> {
  let x = await valueOf(input);
  for (let loop = 0; await condition(loop, x); loop++) x = await valueOf(run(body, x));
  return x;
}

function run(operators: Operators, input: AgentInput): AgentInput {
  if (operators === undefined) return input;
  return typeof operators === "function" ? (operators(input) as Placeholder) : sequentialPipeline(operators, input);
}

async function valueOf(input: AgentInput): Promise<Value> {
  return (Array.isArray(input) ? Promise.all(input) : input) as Promise<Value>;
}
