import type { AgentBase } from "./agentBase.js";
import { rawAgentClass } from "./brand.js";
import { makeDistributed } from "./placeAgent.js";
import { isConstructing } from "../runtime/agentHost.js";
import type { DistOptions } from "./distOptions.js";

type AnyAgentClass = abstract new (...args: never[]) => AgentBase;

/**
 * For agent classes that are constructed in another process only: with `toDist` in the config, `new` runs the constructor on the
 * agent's server and not here.
 *
 * @example
 * ```ts
 * @agent
 * class Reader extends AgentBase { … }
 * const reader = new Reader({ name: "reader", toDist: true });
 * ```
 * In JavaScript: `const Reader = agent(class Reader extends AgentBase { … })`.
 */
export function agent<Class extends AnyAgentClass>(agentClass: Class, _context?: unknown): Class {
  const decorated: Class = new Proxy(agentClass, {
    construct(target, args: unknown[], newTarget): object {
      // A subclass constructs itself; where it is to live is for its own decorator to say.
      if (newTarget === decorated && !isConstructing(target)) {
        const options = distOptionsOf(args[0]);
        if (options !== undefined) return makeDistributed({ agentClass: target, args, options });
      }
      // The class itself as new.target: for a proxy the engine makes a hidden class for each instance.
      return Reflect.construct(target, args, newTarget === decorated ? target : newTarget) as object;
    },
    get(target, key, receiver): unknown {
      // A subclass of the decorated class is no decorated class.
      return key === rawAgentClass && receiver === decorated ? target : Reflect.get(target, key, receiver);
    },
  });
  return decorated;
}

function distOptionsOf(config: unknown): DistOptions | undefined {
  const toDist = (config as { toDist?: boolean | DistOptions } | undefined)?.toDist;
  if (toDist === undefined || toDist === false) return undefined;
  return toDist === true ? {} : toDist;
}
