import { setImmediate as nextTurn } from "node:timers/promises";
import type { AgentScopeError } from "../../src/errors.js";
import type { ChannelLimits } from "../../src/link/channelLimits.js";
import { Msg } from "../../src/messages/msg.js";
import { say } from "./hosts.js";
import { MemoryNetwork } from "./memoryNetwork.js";

/** A main process, two servers (`maxPoolSize`: of the first), and some classes of agents. */
export function world({ maxPoolSize, channelLimits }: { maxPoolSize?: number; channelLimits?: ChannelLimits } = {}) {
  const net = new MemoryNetwork();
  const limits = channelLimits === undefined ? {} : { channelLimits };
  const script = net.add(limits);
  const one = net.add({ address: "127.0.0.1:1", ...limits, ...(maxPoolSize !== undefined && { maxPoolSize }) });
  const two = net.add({ address: "127.0.0.1:2", ...limits });
  net.define("Echo", ({ name }) => ({
    reply: (input: unknown) => say(String(name), input instanceof Msg ? input.content : input),
    observe: () => {},
  }));
  net.define("Large", () => ({ reply: () => say("Large", "x".repeat(300_000)), observe: () => {} }));
  net.define("Failing", () => ({ reply: () => Promise.reject(new RangeError("boom")), observe: () => {} }));
  const log: unknown[] = [];
  net.define("Log", () => ({
    reply: async (input: Msg | undefined) => {
      log.push(input?.content);
      await nextTurn();
      return say("Log", log.length);
    },
    observe: ({ content }: Msg) => void log.push(content),
  }));
  return { net, script, one, two, log };
}

/** What a call fails with. */
export const failure = (result: PromiseLike<unknown>): Promise<AgentScopeError> =>
  Promise.resolve(result).then(
    (value) => {
      throw new Error(`it did not fail: ${JSON.stringify(value)}`);
    },
    (thrown: unknown) => thrown as AgentScopeError,
  );
