import { AgentHost, type HostOptions } from "../../src/runtime/agentHost.js";
import type { AgentInstance } from "../../src/runtime/agentCode.js";
import type { HostedAgent } from "../../src/runtime/hostedAgent.js";
import { createHandle } from "../../src/runtime/handle.js";
import type { CallResult } from "../../src/messages/callResult.js";
import { Msg } from "../../src/messages/msg.js";
import { Placeholder } from "../../src/messages/placeholder.js";

/** A host with no classes, unless given. */
export function makeHost(options: Partial<HostOptions> = {}): AgentHost {
  return new AgentHost({
    serverName: "here",
    maxPoolSize: 1000,
    maxTimeoutSeconds: 1000,
    callTimeoutSeconds: 1000,
    findClass: (className) => {
      throw new Error(`no class ${className}`);
    },
    ...options,
  });
}

/** What a test's agent is made of. */
export type Behavior = Partial<AgentInstance> & Record<string, unknown>;

/** A handle of an agent of this host, as a script has it. */
export type TestHandle = ((input?: unknown) => Placeholder<string>) & {
  observe(input?: unknown): CallResult<undefined>;
  [method: string]: (...args: unknown[]) => CallResult<unknown>;
};

let lastId = 0;

/** Takes an agent into a host; methods of `behavior` are methods of its class. */
export function addAgent(
  host: AgentHost,
  name: string,
  behavior: Behavior,
): { agent: HostedAgent; handle: TestHandle } {
  class TestAgent {
    reply(input?: unknown): unknown {
      return say(name, (input as Msg | undefined)?.content ?? "");
    }

    observe(): unknown {
      return undefined;
    }
  }
  Object.defineProperties(TestAgent.prototype, Object.getOwnPropertyDescriptors(behavior));
  const spec = { id: `${name}-${++lastId}`, name, className: "TestAgent", args: [], moduleUrl: undefined };
  const agent = host.adopt(spec, new TestAgent());
  return { agent, handle: createHandle(agent) as unknown as TestHandle };
}

export function say<Content>(name: string, content: Content): Msg<Content> {
  return new Msg({ name, content, role: "assistant" });
}

/** A result that the test settles, by `fulfil` or `fail`. */
export function openResult(): Placeholder {
  return new Placeholder(undefined, 0);
}
