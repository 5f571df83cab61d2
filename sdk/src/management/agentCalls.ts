import { AgentScopeError, InvalidArgumentError } from "../errors.js";
import type { Msg } from "../messages/msg.js";
import { fetchPlaceholder } from "./fetchPlaceholder.js";
import type { ManagedServer } from "./managedServer.js";
import { type JsonInput, readMessageJson } from "./messageJson.js";
import type { PlaceholderReference } from "./placeholderReference.js";
import { ReplyTable, type ReplyTableOptions } from "./replyTable.js";
import { resolvePlaceholders } from "./resolvePlaceholders.js";
import type { RpcMsg } from "./rpcAgentProto.js";

export interface AgentCallsOptions extends ReplyTableOptions {
  /** Whether a placeholder's address is this server's own; its replies are then taken without the wire. Default: never. */
  isSelf?: ((host: string, port: number) => boolean) | undefined;
}

/**
 * Calls of agents that came as AgentScope's JSON.
 *
 * 1. Calls of one agent from one machine take their places in its mailbox in the order in which they came, also when
 *    the input of an earlier one is still awaited. (Python's client opens a connection for each call.)
 * 2. A call whose input failed is not run, and has that error.
 */
export class AgentCalls {
  readonly #server: ManagedServer;
  readonly #replies: ReplyTable;
  readonly #isSelf: (host: string, port: number) => boolean;
  /** By agent and caller: settles, and never fails, when the last call has its place in the mailbox. */
  readonly #placed = new Map<string, Promise<void>>();

  constructor(server: ManagedServer, { isSelf = () => false, ...table }: AgentCallsOptions = {}) {
    this.#server = server;
    this.#isSelf = isSelf;
    this.#replies = new ReplyTable(table);
  }

  /**
   * `_reply` gives the task id at once, `_observe` an empty text when the agent has observed.
   * @param caller the machine that calls
   */
  async call({ agent_id: agentId, target_func: func, value }: RpcMsg, caller: string): Promise<string> {
    if (!this.#server.hasAgent(agentId)) throw new InvalidArgumentError(`Agent [${agentId}] not exists.`);
    if (func !== "_reply" && func !== "_observe") throw new InvalidArgumentError(`Unsupported method ${func}`);
    const input = value === "" ? null : readMessageJson(value);
    const start = () => this.#start({ agentId, func, input, caller });
    if (func === "_reply") return this.#replies.add(start);
    await start();
    return "";
  }

  /** The reply of a task, when it is there. */
  async reply(taskId: string): Promise<Msg | undefined> {
    return this.#replies.read(taskId);
  }

  async #start(call: {
    agentId: string;
    func: "_reply" | "_observe";
    input: JsonInput;
    caller: string;
  }): Promise<Msg | undefined> {
    const key = `${call.caller} ${call.agentId}`;
    const before = this.#placed.get(key);
    const { promise: placed, resolve: isPlaced } = withResolvers();
    this.#placed.set(key, placed);
    try {
      const input = resolvePlaceholders(call.input, (placeholder) => this.#fetch(placeholder));
      await Promise.allSettled([input, before]);
      const reply = this.#server.callAgent(call.agentId, call.func, await input);
      this.#leave(key, placed, isPlaced);
      return await reply;
    } finally {
      this.#leave(key, placed, isPlaced);
    }
  }

  #leave(key: string, placed: Promise<void>, isPlaced: () => void): void {
    if (this.#placed.get(key) === placed) this.#placed.delete(key);
    isPlaced();
  }

  async #fetch(placeholder: PlaceholderReference): Promise<Msg | null> {
    try {
      const { host, port, taskId } = placeholder;
      if (this.#isSelf(host, port)) return (await this.#replies.read(taskId)) ?? null;
      return await fetchPlaceholder(placeholder);
    } catch (error) {
      const failure = error instanceof AgentScopeError ? error : new AgentScopeError("AGENT_FAILED", String(error));
      throw failure;
    }
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
