import { type AgentLabel, InvalidArgumentError } from "../errors.js";
import { unwrapLarge } from "../messages/largeValue.js";
import { snapshot } from "../messages/valueCodec.js";
import { resolveTarget } from "../orchestration/runTarget.js";
import { settings } from "../orchestration/settings.js";
import type { AgentClass } from "../runtime/agentHost.js";
import type { AgentSpec } from "../runtime/agentSpec.js";
import type { AgentTarget } from "../runtime/agentTarget.js";
import { createHandle } from "../runtime/handle.js";
import type { AgentInstance } from "../runtime/agentCode.js";
import { RecoveringAgent } from "../runtime/recoveringAgent.js";
import { RemoteAgent } from "../runtime/remoteAgent.js";
import { RetryingAgent } from "../runtime/retryingAgent.js";
import { runtime } from "../runtime/runtime.js";
import type { AllocationItem } from "../studio/protocol.js";
import type { AgentConfig } from "./agentConfig.js";
import { type AgentPlace, makeAt } from "./agentPlace.js";
import { builtInName, portableConfig } from "./brand.js";
import { isMainScript, locateClass, mainScriptError } from "./classLocation.js";
import { checkDistOptions, type DistOptions } from "./distOptions.js";
import { newAgentId, randomHex } from "../randomId.js";

/** A local agent, as far as it matters where it is put. */
interface LocalAgent {
  readonly agentId: string;
  readonly name: string;
  readonly config: AgentConfig;
}

/** Local agents that `toDist` was called on: the first distributed one has the id of the local one. */
const distributed = new WeakSet<object>();

/** Takes a local agent into this process's host. */
export function hostLocally(agent: LocalAgent): AgentTarget {
  const spec = { id: agent.agentId, name: agent.name, className: agent.constructor.name, args: [agent.config] };
  const { host } = runtime();
  const person = host.inCharge()?.person;
  return host.adopt({ ...spec, moduleUrl: undefined, person }, agent as unknown as AgentInstance);
}

/** An agent to be put somewhere. */
export interface Placement {
  /** As written, without decorator. */
  agentClass: object;
  /** Of its constructor. */
  args: readonly unknown[];
  options: DistOptions;
  /** The agent that `toDist` was called on, if it was. */
  local?: LocalAgent;
}

/** Puts an agent where the options and the run target say, and gives its handle. */
export function makeDistributed(placement: Placement): object {
  const { options } = placement;
  const agentClass = placement.agentClass as AgentClass;
  const prototype = agentClass.prototype as object;
  checkDistOptions(options);
  const target = resolveTarget(options);
  const spec = specOf(placement);
  const retry = options.retry ?? settings.retry;
  const retrying = (agent: AgentTarget) => (retry === undefined ? agent : new RetryingAgent(agent, retry));
  if (target.kind === "local") return createHandle(retrying(constructHere(agentClass, spec)), prototype);
  const server = target.kind === "server" ? target.address : placeholders[target.kind];
  const label = { name: spec.name, id: spec.id, server };
  const place: AgentPlace = {
    target,
    options,
    module: () => moduleOf(agentClass, spec.className),
    allocationItem: () => allocationItem(agentClass, spec.className),
  };
  const restarts = (options.onServerLoss ?? settings.onServerLoss) === "restart" && options.connectExisting !== true;
  const agent = restarts ? recovering(place, label, { spec, agentClass }) : new RemoteAgent(label, spec.className);
  const make = () => {
    if (agent instanceof RemoteAgent) makeAt(place, { agent, spec, former: undefined });
    else agent.place();
  };
  if (options.lazyLaunch === true) agent.launchLater(make);
  else make();
  return createHandle(retrying(agent), prototype);
}

/** An agent that is made again in its place when its server is lost. */
function recovering(
  place: AgentPlace,
  label: AgentLabel,
  { spec, agentClass }: { spec: AgentSpec; agentClass: AgentClass },
): RecoveringAgent {
  const key = randomHex(16);
  return new RecoveringAgent(label, spec.className, {
    place: (agent, { epoch, former }) => makeAt(place, { agent, spec: { ...spec, recovery: { key, epoch } }, former }),
    isRetryable: (agentClass as { retryable?: unknown }).retryable === true,
    ownsServer: place.target.kind === "child",
  });
}

/** How the server of an agent is called until it is known which one it is. */
const placeholders = { child: "child process", studio: "agent server" };

/** What a daemon has to know of an agent to say where it can live. */
function allocationItem(agentClass: AgentClass, className: string): AllocationItem {
  if (builtInName(agentClass) !== undefined) return { className, builtIn: true };
  let module: string | undefined;
  try {
    module = moduleOf(agentClass, className);
  } catch {
    // A server that knows the class by its name needs no module; a child process would.
  }
  return { className, builtIn: false, ...(module !== undefined && { module }) };
}

/** As in another process it is another object, also where the agent that `toDist` was called on lives here. */
function constructHere(agentClass: AgentClass, spec: AgentSpec): AgentTarget {
  const { host } = runtime();
  return host.createOf(agentClass, host.agents.has(spec.id) ? { ...spec, id: newAgentId() } : spec);
}

/** The module that a child finds the class in; none where it knows the class. */
function moduleOf(agentClass: AgentClass, className: string): string | undefined {
  if (builtInName(agentClass) !== undefined) return undefined;
  const { url } = locateClass(agentClass);
  if (isMainScript(url)) throw mainScriptError(className, url);
  return url;
}

function specOf({ agentClass, args, options, local }: Placement): AgentSpec {
  const className = builtInName(agentClass) ?? (agentClass as AgentClass).name;
  const config = args[0] as AgentConfig | undefined;
  if (typeof config?.name !== "string") {
    throw new InvalidArgumentError(`${className}: the config has no name; give it one, as in { name: "A" }`);
  }
  let localId: string | undefined;
  if (local !== undefined && !distributed.has(local)) {
    distributed.add(local);
    localId = local.agentId;
  }
  const idChosen = options.agentId !== undefined || config.agentId !== undefined;
  const { host } = runtime();
  const maker = host.inCharge();
  return {
    id: options.agentId ?? config.agentId ?? localId ?? newAgentId(),
    idChosen,
    keepAlive: options.keepAlive ?? idChosen,
    name: config.name,
    className,
    args: portable(agentClass, withoutToDist(args)).map((arg, index) =>
      unwrapLarge(snapshot(arg, index === 0 ? "config" : `arguments[${index}]`)),
    ),
    moduleUrl: undefined,
    madeInTurnOf: maker?.person === host.person ? undefined : maker?.id,
    maker: maker?.spec.maker,
    person: maker?.person,
  };
}

/** The constructor's arguments as they can travel. */
function portable(agentClass: object, [config, ...more]: unknown[]): unknown[] {
  const make = (agentClass as { [portableConfig]?: (config: unknown) => unknown })[portableConfig];
  return [make === undefined ? config : make(config), ...more];
}

function withoutToDist(args: readonly unknown[]): unknown[] {
  const { toDist: _toDist, ...config } = args[0] as Record<string, unknown>;
  return [config, ...args.slice(1)];
}
