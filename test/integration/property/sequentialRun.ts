import { nestedCallFor, scored } from "../../fixtures/property/nestedCalls.js";
import type { Report } from "../../fixtures/property/scribeConfig.js";
import type { AgentPlan, Input, Item, Outcome, Program, Step } from "./program.js";

/** An error as `describeFailure` (describeFailure.ts) tells it. */
export interface Failure {
  name: string;
  code: string | undefined;
  agent: string | undefined;
  chain: string[];
  message: string;
  cause: Failure | undefined;
}

interface Message {
  name: string;
  text: string;
  bytes: { length: number; first: number } | undefined;
  later: Result | undefined;
  helper?: number;
  report?: Report;
}

type Result = { message: Message } | { failure: Failure } | { value: unknown };

class Failed extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

/** An agent as plain, sequential code: each call runs to its end before the next line. */
class Model {
  readonly seen: string[] = [];
  readonly helpers: Model[] = [];

  constructor(readonly plan: AgentPlan) {}

  reply(input: Result | Result[] | undefined): Result {
    return this.run(input, (messages) => this.answer(messages));
  }

  observe(input: Result | Result[] | undefined): Result {
    return this.run(input, (messages) => {
      this.hear("observe", messages);
      return { value: undefined };
    });
  }

  note(text: string, about: Result | undefined): Result {
    return this.run(about, (messages) => ({
      value: `${this.plan.name} noted ${this.hear(`note ${text}`, messages)}`,
    }));
  }

  get name(): Result {
    return this.run(undefined, () => ({ value: this.plan.name }));
  }

  report(): Report | string {
    if (this.plan.broken !== "no") return "CREATION_FAILED";
    return { seen: [...this.seen], helpers: this.helpers.map((helper) => helper.report()) };
  }

  /** One call: not run where the agent or an input failed; what its code throws is its failure. */
  private run(
    input: Result | Result[] | undefined,
    code: (messages: Message | Message[] | undefined) => Result,
  ): Result {
    const { name, broken } = this.plan;
    if (broken !== "no") return { failure: this.creationFailure(broken) };
    const inputs = input === undefined ? [] : Array.isArray(input) ? input : [input];
    for (const each of inputs) {
      if ("failure" in each) return { failure: { ...each.failure, chain: [...each.failure.chain, name] } };
    }
    const messages = inputs.map((each) => ({ ...(each as { message: Message }).message }));
    try {
      return code(Array.isArray(input) ? messages : messages[0]);
    } catch (thrown) {
      if (!(thrown instanceof Failed)) throw thrown;
      return { failure: this.callFailure(thrown.failure) };
    }
  }

  private creationFailure(broken: "constructor" | "setup"): Failure {
    const { name } = this.plan;
    const cause = rangeError(`${name} is not to be ${broken === "setup" ? "set up" : "made"}`);
    const message = `agent "${name}" (class Scribe) can't be made on HERE: RangeError: ${cause.message}`;
    return { name: "AgentCreationError", code: "CREATION_FAILED", agent: name, chain: [], message, cause };
  }

  private callFailure(cause: Failure): Failure {
    const { name } = this.plan;
    const message = `agent "${name}" on HERE failed: ${cause.name}: ${fullMessage(cause)}`;
    return { name: "AgentCallError", code: cause.code ?? "AGENT_FAILED", agent: name, chain: [], message, cause };
  }

  private answer(input: Message | Message[] | undefined): Result {
    const heard = this.hear("reply", input);
    const isIntroduction = !Array.isArray(input) && input?.helper !== undefined;
    const maySpeak = this.helpers.length > 0 && !isIntroduction;
    const call = maySpeak ? nestedCallFor(this.plan.nested, heard) : undefined;
    const again = Array.isArray(input) ? input.map(resultOf) : input === undefined ? undefined : resultOf(input);
    const [first, second = first] = this.helpers as [Model, Model?];
    const about = `${this.plan.name} on ${heard}`;
    switch (call) {
      case undefined:
        return this.say(about, undefined);
      case "await":
        return this.say(about, textOf(messageOf(first.reply(again))));
      case "tolerate":
        return this.say(about, tolerantTextOf(first.reply(again)));
      case "forget":
        first.reply(again);
        return this.say(about, "");
      case "observe": {
        const observed = first.observe(Array.isArray(again) ? again[0] : again);
        if ("failure" in observed) throw new Failed(observed.failure);
        return this.say(about, "");
      }
      case "chain":
        return this.say(about, textOf(messageOf(second.reply(first.reply(again)))));
      case "list": {
        const more: Result = { message: { name: this.plan.name, text: "more", bytes: undefined, later: undefined } };
        return this.say(about, textOf(messageOf(second.reply([first.reply(again), first.reply(more)]))));
      }
      case "carry":
        return this.say(about, first.reply(again));
      case "forward":
        return resultOf(messageOf(first.reply(again)));
    }
  }

  private hear(how: string, input: Message | Message[] | undefined): string {
    const heard = Array.isArray(input)
      ? `[${input.map((each) => this.read(each)).join(", ")}]`
      : input === undefined
        ? ""
        : this.read(input);
    const { name, failEvery } = this.plan;
    this.seen.push(`${how}: ${heard}`);
    if (failEvery > 0 && scored(`${name} ${heard}`) % failEvery === 0) {
      throw new Failed(rangeError(`${name} dislikes ${heard}`));
    }
    return heard;
  }

  /** As {@link textOf}; who comes in a message is a helper from now on. */
  private read(message: Message): string {
    if (message.helper !== undefined) this.onIntroduction(message.helper);
    return textOf(message);
  }

  onIntroduction: (helper: number) => void = () => {};

  private say(about: string, nested: string | Result | undefined): Result {
    const { name, output } = this.plan;
    const text = `~${scored(typeof nested === "string" ? about + nested : about).toString(36)}`;
    const later = typeof nested === "string" ? undefined : nested;
    const length = output === "large" ? 100_000 : 3;
    const bytes = output === "text" && later === undefined ? undefined : { length, first: text.length };
    return { message: { name, text, bytes, later } };
  }
}

function rangeError(message: string): Failure {
  return { name: "RangeError", code: undefined, agent: undefined, chain: [], message, cause: undefined };
}

function resultOf(message: Message): Result {
  return { message };
}

function messageOf(result: Result): Message {
  if ("failure" in result) throw new Failed(result.failure);
  return (result as { message: Message }).message;
}

/** What an agent writes down of a message. */
function textOf({ text, bytes, later }: Message): string {
  const data = bytes === undefined ? "" : `+${bytes.length}*${bytes.length === 0 ? undefined : bytes.first}`;
  return `${text}${data}${later === undefined ? "" : `<${tolerantTextOf(later)}>`}`;
}

function tolerantTextOf(result: Result): string {
  return "failure" in result ? String(result.failure.code) : textOf(messageOf(result));
}

/** The message of the error itself: with the agents that were not run. */
function fullMessage({ message, chain, agent }: Failure): string {
  if (chain.length === 0) return message;
  const names = agent === undefined ? chain : [agent, ...chain];
  const path = names.length <= 10 ? names : [...names.slice(0, 5), "…", ...names.slice(-5)];
  return `${JSON.stringify(chain.at(-1))} was not run, its input failed (${path.join(" → ")}): ${message}`;
}

/** Runs a program as plain sequential code, and resolves its indexes: the steps that a script can take. */
export function sequentialRun({ agents, steps }: Program): { outcome: Outcome; steps: Step[] } {
  const run = new SequentialRun(agents);
  const taken = steps.map((step) => run.take(step)).filter((step) => step !== undefined);
  return { outcome: run.outcome(), steps: taken };
}

class SequentialRun {
  private readonly models: Model[];
  private readonly slots: Result[] = [];
  private readonly awaited: unknown[] = [];
  private readonly introduced = new Set<number>();
  private readonly dropped = new Set<number>();
  /** Slots of placeholders; those of other methods are promises without fields. */
  private readonly replies = new Set<number>();
  /** Slots whose placeholders stand in messages: who reads them when is not determined. */
  private readonly nested = new Set<number>();

  constructor(private readonly plans: readonly AgentPlan[]) {
    this.models = plans.map((plan) => new Model(plan));
    plans.forEach(({ owner, given }, index) => {
      if (owner === undefined) return;
      const [model, helper] = [this.models[owner] as Model, this.models[index] as Model];
      if (given === "config") model.helpers.push(helper);
      model.onIntroduction = (introduced) => model.helpers.push(this.models[introduced] as Model);
    });
  }

  outcome(): Outcome {
    return {
      slots: this.slots.map((result, slot) => (this.dropped.has(slot) ? "dropped" : described(result, "message"))),
      awaited: this.awaited,
      reports: this.plans.map(({ owner }, index) => (owner === undefined ? this.models[index]?.report() : undefined)),
    };
  }

  /** Takes a step, and gives it with the indexes that it comes to; undefined for one that can't be taken. */
  take(step: Step): Step | undefined {
    switch (step.kind) {
      case "pause":
        return step;
      case "await":
        return this.await(step);
      case "introduce":
        return this.introduce(step.helper);
      case "drop":
        return this.drop(step.slot);
      default:
        return this.call(step);
    }
  }

  private await(step: Step & { kind: "await" }): Step | undefined {
    if (this.slots.length === 0) return undefined;
    const slot = step.slot % this.slots.length;
    if (this.dropped.has(slot)) return undefined;
    const result = this.slots[slot] as Result;
    const change = step.change && step.field === "message" && "message" in result && !this.nested.has(slot);
    this.awaited.push(described(result, step.field));
    if (change)
      this.slots[slot] = { message: { ...result.message, text: "changed", bytes: undefined, later: undefined } };
    return { ...step, slot, change };
  }

  private drop(index: number): Step | undefined {
    if (this.slots.length === 0) return undefined;
    const slot = index % this.slots.length;
    this.dropped.add(slot);
    return { kind: "drop", slot };
  }

  private introduce(index: number): Step | undefined {
    const helper = index % this.plans.length;
    const { owner, given } = this.plans[helper] as AgentPlan;
    if (owner === undefined || given === "config" || this.introduced.has(helper)) return undefined;
    // The script calls only agents of its own.
    if (this.plans[owner]?.owner !== undefined) return undefined;
    this.introduced.add(helper);
    const message: Message = { name: "script", text: "meet", bytes: undefined, later: undefined, helper };
    this.replies.add(this.slots.push((this.models[owner] as Model).reply({ message })) - 1);
    return { kind: "introduce", helper };
  }

  private call(step: Step & { kind: "call" | "observe" | "note" | "get" }): Step | undefined {
    const own = this.plans.flatMap(({ owner }, index) => (owner === undefined ? [index] : []));
    const agent = own[step.agent % own.length] as number;
    const [plan, model] = [this.plans[agent] as AgentPlan, this.models[agent] as Model];
    if ((step.kind === "note" || step.kind === "get") && plan.form === "plain") return undefined;
    if (step.kind === "get") {
      this.slots.push(model.name);
      return { ...step, agent };
    }
    if (step.kind === "note") {
      const item = step.about === undefined ? undefined : this.item({ kind: "slot", slot: step.about }, plan);
      this.slots.push(model.note(step.text, item === undefined ? undefined : this.result(item)));
      return { ...step, agent, about: item?.kind === "slot" ? item.slot : undefined };
    }
    const input = this.input(step.input, plan);
    const given =
      input.kind === "none"
        ? undefined
        : input.kind === "list"
          ? input.items.map((each) => this.result(each))
          : this.result(input);
    if (step.kind === "call") this.replies.add(this.slots.length);
    this.slots.push(step.kind === "call" ? model.reply(given) : model.observe(given));
    return { ...step, agent, input };
  }

  /** The input with slots that there are; in a list at most one that failed, since any of two could be the reason. */
  private input(input: Input, plan: AgentPlan): Input {
    if (input.kind === "none") return input;
    if (input.kind !== "list") return this.item(input, plan) ?? { kind: "none" };
    let failed = 0;
    const items = input.items
      .map((item) => this.item(item, plan))
      .filter((item) => item !== undefined)
      .filter((item) => !(item.kind === "slot" && "failure" in this.result(item)) || ++failed === 1);
    return { kind: "list", items };
  }

  private item(item: Item, plan: AgentPlan): Item | undefined {
    if (item.kind === "text" || item.kind === "bytes") return item;
    const usable = this.slots.flatMap((result, slot) => {
      if (this.dropped.has(slot)) return [];
      const isReply = "message" in result || this.replies.has(slot);
      return isReply || (item.kind === "slot" && "failure" in result) ? [slot] : [];
    });
    const slot = usable[item.slot % usable.length];
    if (slot === undefined) return undefined;
    if (item.kind === "later") this.nested.add(slot);
    // An agent that can't be made, given a failed result: either is a reason.
    else if (plan.broken !== "no" && "failure" in (this.slots[slot] as Result)) return undefined;
    return { ...item, slot };
  }

  private result(item: Item): Result {
    if (item.kind === "slot") return this.slots[item.slot] as Result;
    const bytes = item.kind === "bytes" ? { length: item.sizeBytes, first: 7 } : undefined;
    const later = item.kind === "later" ? this.slots[item.slot] : undefined;
    return { message: { name: "script", text: item.text, bytes, later } };
  }
}

/** A result as a script sees it. */
function described(result: Result, field: "message" | "content" | "name"): unknown {
  if ("failure" in result) return result.failure;
  if ("value" in result) return result.value;
  const { name } = result.message;
  const said = textOf(result.message);
  return field === "message" ? `${name}: ${said}` : field === "name" ? name : said;
}
