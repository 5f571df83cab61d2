import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type DistOptions, Msg, Placeholder, type RpcAgent } from "agentscope-distributed";
import { textOfBytes } from "../../fixtures/property/output.js";
import { Scribe } from "../../fixtures/property/scribe.js";
import {
  type Delay,
  type Helper,
  type Parts,
  request,
  type ScribeConfig,
} from "../../fixtures/property/scribeConfig.js";
import { describeFailure } from "./describeFailure.js";
import type { AgentPlan, Input, Item, Outcome, Program, Step } from "./program.js";

/** Where the handles of a run lead. */
export type Deployment =
  | { kind: "local" }
  /** `awaitsEach`: the script has each result before it takes its next step. */
  | { kind: "distributed"; servers: readonly DistOptions[]; awaitsEach?: boolean };

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** Stands for what the script has let go of. */
const dropped = "dropped";

type Callable = Helper & Pick<RpcAgent<Scribe>, "observe">;

/** Runs a program with real agents. */
export async function scriptRun(
  { agents: plans }: Program,
  steps: readonly Step[],
  deployment: Deployment,
): Promise<Outcome> {
  const agents = makeAgents(plans, deployment);
  const run = new ScriptRun(agents, plans);
  const awaitsEach = deployment.kind === "distributed" && deployment.awaitsEach === true;
  for (const step of steps) {
    await run.take(step);
    if (awaitsEach) await run.lastResult();
  }
  return run.outcome(plans.flatMap(({ owner }, index) => (owner === undefined ? [index] : [])));
}

function makeAgents(plans: readonly AgentPlan[], deployment: Deployment): Callable[] {
  const agents: Callable[] = [];
  // Helpers come after their owners.
  for (const [index, plan] of [...plans.entries()].reverse()) {
    const helpers = plans.flatMap(({ owner, given }, helper) =>
      owner === index && given === "config" ? [agents[helper] as Callable] : [],
    );
    agents[index] = makeAgent(plan, helpers, deployment);
  }
  return agents;
}

function makeAgent(plan: AgentPlan, helpers: Helper[], deployment: Deployment): Callable {
  const { name, delay, output, failEvery, broken, nested, form, place } = plan;
  const config: ScribeConfig = { name, delay, output, failEvery, broken, nested, helpers };
  if (form === "plain") return new Scribe(config) as unknown as Callable;
  const options = deployment.kind === "local" || place === "main" ? "main" : optionsOf(place, deployment.servers);
  if (options === "main") process.env["AGENTSCOPE_TARGET"] = "local";
  const where = options === "main" ? {} : options;
  try {
    if (form === "toDist") return new Scribe(config).toDist(where);
    return new Scribe({ ...config, toDist: where }) as unknown as Callable;
  } finally {
    delete process.env["AGENTSCOPE_TARGET"];
  }
}

function optionsOf(place: "child" | number, servers: readonly DistOptions[]): DistOptions {
  return place === "child" ? {} : (servers[place] as DistOptions);
}

class ScriptRun {
  private readonly slots: (PromiseLike<unknown> | typeof dropped)[] = [];
  private readonly awaited: unknown[] = [];

  constructor(
    private readonly agents: readonly Callable[],
    private readonly plans: readonly AgentPlan[],
  ) {}

  async outcome(ownAgents: readonly number[]): Promise<Outcome> {
    const slots: unknown[] = [];
    for (const slot of this.slots) slots.push(slot === dropped ? slot : await described(slot, "message"));
    const reports: unknown[] = this.agents.map(() => undefined);
    for (const index of ownAgents) reports[index] = await this.report(this.agents[index] as Callable);
    return { slots, awaited: this.awaited, reports };
  }

  /** Resolves when the last call has ended, well or not, and all that its result is made of is here. */
  async lastResult(): Promise<void> {
    const last = this.slots.at(-1);
    if (last !== undefined && last !== dropped) await described(last, "message");
  }

  private async report(agent: Callable): Promise<unknown> {
    try {
      return (await agent(request())).content;
    } catch (thrown) {
      return describeFailure(thrown).code;
    }
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case "pause":
        return paused(step.delay);
      case "await":
        return this.await(step);
      case "introduce": {
        const owner = this.agents[this.plans[step.helper]?.owner as number] as Callable;
        this.slots.push(owner(say({ text: "meet", helper: this.agents[step.helper] as Callable })));
        return;
      }
      case "drop":
        this.slots[step.slot] = dropped;
        // Takes longer than most programs: now and then.
        if (step.slot % 4 === 0) gc();
        return nextTurn();
      case "call":
        this.slots.push((this.agents[step.agent] as Callable)(this.input(step.input)));
        return;
      case "observe":
        this.slots.push((this.agents[step.agent] as Callable).observe(this.input(step.input)));
        return;
      case "note": {
        const about = step.about === undefined ? undefined : this.slots[step.about];
        this.slots.push((this.agents[step.agent] as RpcAgent<Scribe>).note(step.text, about as Msg | undefined));
        return;
      }
      case "get":
        this.slots.push((this.agents[step.agent] as RpcAgent<Scribe>).get("name"));
    }
  }

  private async await({ slot, field, change }: Step & { kind: "await" }): Promise<void> {
    const result = this.slots[slot] as PromiseLike<unknown>;
    this.awaited.push(await described(result, field));
    if (change) ((await result) as Msg).content = "changed";
  }

  private input(input: Input): Msg | Placeholder | (Msg | Placeholder)[] | undefined {
    if (input.kind === "none") return undefined;
    return input.kind === "list" ? input.items.map((item) => this.item(item)) : this.item(input);
  }

  private item(item: Item): Msg | Placeholder {
    if (item.kind === "slot") return this.slots[item.slot] as Placeholder;
    if (item.kind === "text") return say(item.text);
    if (item.kind === "bytes") return say({ text: item.text, bytes: new Uint8Array(item.sizeBytes).fill(7) });
    return say({ text: item.text, later: this.slots[item.slot] as Placeholder });
  }
}

function say(content: string | Parts): Msg {
  return new Msg<unknown>({ name: "script", content, role: "user" });
}

/** What the script sees of a result, by the field that it awaits. */
async function described(result: PromiseLike<unknown>, field: "message" | "content" | "name"): Promise<unknown> {
  try {
    if (!(result instanceof Placeholder)) return await result;
    if (field === "name") return await result.name;
    const said = await textOf(await result.content);
    return field === "content" ? said : `${(await result).name}: ${said}`;
  } catch (thrown) {
    return describeFailure(thrown);
  }
}

async function textOf(content: unknown): Promise<string> {
  if (typeof content === "string") return content;
  const { text, bytes, later } = content as Parts;
  return `${text}${textOfBytes(bytes)}${later === undefined ? "" : `<${await laterText(later)}>`}`;
}

async function laterText(later: PromiseLike<Msg> | Msg): Promise<string> {
  try {
    return await textOf((await later).content);
  } catch (thrown) {
    return String(describeFailure(thrown).code);
  }
}

async function paused(delay: Delay): Promise<void> {
  if (delay === "timer") await pause(2);
  else if (delay !== "none") await nextTurn();
}
