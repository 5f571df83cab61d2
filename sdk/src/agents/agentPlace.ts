import { failureOfAgent } from "../link/failure.js";
import { formatAddress } from "../link/peer.js";
import type { ServerAccess } from "../link/serverAccess.js";
import type { Target } from "../orchestration/runTarget.js";
import type { AgentSpec } from "../runtime/agentSpec.js";
import type { RemoteAgent } from "../runtime/remoteAgent.js";
import { runtime } from "../runtime/runtime.js";
import type { Allocation, AllocationItem } from "../studio/protocol.js";
import type { DistOptions } from "./distOptions.js";

/** Where an agent goes, as often as it is made. */
export interface AgentPlace {
  /** Not in this process. */
  target: Exclude<Target, { kind: "local" }>;
  options: DistOptions;
  /** The module that a child finds the class in; throws where it can't. */
  module: () => string | undefined;
  /** What a daemon has to know to say where it goes. */
  allocationItem: () => AllocationItem;
}

/** An agent to be made: what of, and in the place of which one that was lost. */
export interface Making {
  agent: RemoteAgent;
  spec: AgentSpec;
  former: RemoteAgent | undefined;
}

/** Makes an agent in its place. */
export function makeAt(place: AgentPlace, making: Making): void {
  const { target } = place;
  const { run } = runtime();
  const isNamed = target.kind === "server";
  if (isNamed && (run === undefined || target.byAddress !== true)) onServer(target, place, making);
  else if (target.kind === "child" || run === undefined) inChild(place, making);
  else {
    const item = place.allocationItem();
    const allocated = run.allocate(isNamed ? { ...item, server: target.address } : item);
    const placed = allocated.then((allocation) => putWhere(allocation, place, making));
    const { agent } = making;
    // What would be thrown at who makes the agent, had it been known then, is what the agent fails with.
    placed.catch((thrown: unknown) => agent.fail(failureOfAgent(thrown, agent.label)));
  }
}

function putWhere(allocation: Allocation, place: AgentPlace, making: Making): void {
  if (allocation.kind === "server") onServer(accessOf(allocation), place, making);
  else if (place.target.kind === "server") onServer(place.target, place, making);
  else inChild(place, making);
}

function inChild({ options, module }: AgentPlace, { agent, spec, former }: Making): void {
  const connection = runtime().servers.childServer(options, former?.connection);
  agent.createOn(connection, { ...spec, moduleUrl: module() });
}

function onServer(access: ServerAccess, place: AgentPlace, making: Making): void {
  const { options } = place;
  const { agent, spec, former } = making;
  const connection = runtime().servers.connect(access);
  if (connection.isDown) {
    // A server that was started again meanwhile is connected to anew.
    connection.whenNotDown(() => onServer(access, place, making));
  } else if (options.connectExisting === true) {
    agent.bindToExisting(connection);
  } else {
    agent.createOn(connection, spec, former?.connection?.peer?.instance);
  }
}

function accessOf({ host, port, token }: Allocation & { kind: "server" }): ServerAccess {
  return { address: formatAddress(host, port), ...(token !== undefined && { token }) };
}
