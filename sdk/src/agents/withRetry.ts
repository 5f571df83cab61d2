import { targetOf } from "../runtime/agentTarget.js";
import { createHandle } from "../runtime/handle.js";
import { RetryingAgent } from "../runtime/retryingAgent.js";
import { checkRetryPolicy, type RetryPolicy } from "../runtime/retryPolicy.js";
import type { AgentBase } from "./agentBase.js";
import type { RpcAgent } from "./rpcAgent.js";

/** What {@link withRetry} gives: a handle, as `toDist` does. */
export type Retrying<Agent> = Agent extends AgentBase ? RpcAgent<Agent> : Agent;

/**
 * The same agent, called with a policy of its own: for one call `withRetry(agent, policy)(x)`, or kept for many. Calls by what it gives
 * keep their order among each other, and with those of a handle that `toDist` made with a policy.
 *
 * @throws InvalidArgumentError naming what of the policy can't be used.
 */
export function withRetry<Agent extends object>(agent: Agent, retry: RetryPolicy): Retrying<Agent> {
  checkRetryPolicy(retry, "withRetry");
  const target = targetOf(agent);
  const retrying =
    target instanceof RetryingAgent
      ? new RetryingAgent(target.target, retry, target)
      : new RetryingAgent(target, retry);
  const prototype = Object.getPrototypeOf(agent) as object;
  return createHandle(retrying, prototype === Object.prototype ? undefined : prototype) as Retrying<Agent>;
}
