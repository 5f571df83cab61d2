import {
  AgentCallError,
  AgentCreationError,
  AgentScopeError,
  AgentServerNotAliveError,
  PlaceholderExpiredError,
} from "../errors.js";
import { neverConnected, serverAddress } from "../link/grpcClient.js";
import type { ServerInfo } from "../management/managedServer.js";
import type { JsonInput } from "../management/messageJson.js";
import type { GeneralResponse, ManagementRequest, UnaryMethod } from "../management/rpcAgentProto.js";
import type { Msg } from "../messages/msg.js";
import { settings } from "../orchestration/settings.js";
import type { CallLimits, ManagementChannel, ServerAccess } from "./managementChannel.js";
import { newAgentId } from "../randomId.js";

const defaultTimeoutMs = 10_000;
/** The constructor and `setup` of an agent may load a model. */
const creationTimeoutMs = 60_000;
/** An agent's turn may take long. */
const replyTimeoutMs = 300_000;
/** Placeholders that are answered with placeholders are followed this far. */
const maxHops = 16;

export interface RpcAgentClientOptions extends ServerAccess {
  /** Milliseconds that a call may take where its own options do not say. Default 10 000. */
  timeoutMs?: number | undefined;
}

export type ManagementCallOptions = Partial<CallLimits>;

/** What an agent says of itself. */
export interface AgentThumbnail {
  name: string;
  /** The name of its class. */
  type: string;
  agent_id: string;
  sys_prompt: string | null;
  model?: { model_type: string; config_name: string };
  [more: string]: unknown;
}

export interface CreateAgentOptions extends ManagementCallOptions {
  /** `json` for servers of this package (the default), `pickle` for those of Python's AgentScope. */
  format?: "json" | "pickle";
}

/**
 * Manages one agent server: of this package, or AgentScope 0.1 in Python. It connects with the first call, and without calls
 * it does not keep the process alive. Programs import it without using it: what it needs is loaded by its calls.
 *
 * Every call takes `{ timeoutMs, signal }`, and rejects with `AgentServerNotAliveError` when nobody answers at that
 * address, else with an `AgentScopeError` by whose `code` programs can tell: `UNAUTHENTICATED` (wrong token),
 * `DEADLINE_EXCEEDED`, `CANCELLED`, `AGENT_NOT_FOUND`, `INVALID_ARGUMENT`, `LIMIT_EXCEEDED`, `AGENT_FAILED`.
 */
export class RpcAgentClient implements AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly #access: ServerAccess;
  readonly #address: string;
  readonly #timeoutMs: number;
  #channel: Promise<ManagementChannel> | undefined;
  #isClosed = false;

  constructor({ timeoutMs = defaultTimeoutMs, ...access }: RpcAgentClientOptions) {
    this.host = access.host;
    this.port = access.port;
    this.#access = access;
    this.#address = serverAddress(access.host, access.port);
    this.#timeoutMs = timeoutMs;
  }

  /** Whether an agent server answers that lets this client in. Never throws. */
  async isAlive(options?: ManagementCallOptions): Promise<boolean> {
    try {
      return (await this.#ask("is_alive", {}, options)).ok;
    } catch {
      return false;
    }
  }

  /**
   * Stops the server with all its agents; resolves when its port is closed.
   * @throws AgentServerNotAliveError when there was no server; AgentScopeError (DEADLINE_EXCEEDED) when it is still there
   */
  async stop(options: ManagementCallOptions = {}): Promise<void> {
    const timeoutMs = options.timeoutMs ?? this.#timeoutMs;
    const end = performance.now() + timeoutMs;
    try {
      this.#expectOk(await this.#ask("stop", {}, options));
    } catch (error) {
      // It may have ended before its answer was sent.
      if (!(error instanceof AgentServerNotAliveError) || neverConnected(error.cause)) throw error;
    }
    const { portClosed } = await import("./portClosed.js");
    const isClosed = await portClosed({ host: this.host, port: this.port, timeoutMs: end - performance.now() });
    if (isClosed) return;
    const what = `The agent server at ${this.#address} has not stopped within ${timeoutMs} ms (option timeoutMs)`;
    throw new AgentScopeError("DEADLINE_EXCEEDED", what);
  }

  /** What each agent of the server says of itself. */
  async getAgentList(options?: ManagementCallOptions): Promise<AgentThumbnail[]> {
    const { parseJson } = await import("../management/messageJson.js");
    const message = this.#expectOk(await this.#ask("get_agent_list", {}, options));
    const thumbnails = parseJson(message) as string[];
    return thumbnails.map((thumbnail) => parseJson(thumbnail) as AgentThumbnail);
  }

  /**
   * The messages that an agent remembers, the oldest first.
   * @throws AgentScopeError (AGENT_NOT_FOUND) when the server has no such agent, or the agent no memory
   */
  async getAgentMemory(agentId: string, options?: ManagementCallOptions): Promise<Msg[]> {
    const { readMessageListJson } = await import("../management/messageJson.js");
    const response = await this.#ask("get_agent_memory", { value: agentId }, options);
    return readMessageListJson(this.#expectOk(response, "AGENT_NOT_FOUND"));
  }

  /** Process id, server id, `cpu` in percent of one processor, `mem` in MB, `size`: the number of agents; servers may tell more. */
  async getServerInfo(options?: ManagementCallOptions): Promise<ServerInfo> {
    const { parseJson } = await import("../management/messageJson.js");
    return parseJson(this.#expectOk(await this.#ask("get_server_info", {}, options))) as ServerInfo;
  }

  /**
   * Gives the server model configs, which agents created later can name. Keys are named in them (`env:NAME`), never sent.
   * @returns false when the server can't use them; then it took none, and a warning says why
   * @throws InvalidArgumentError when a config has a key in it
   */
  async setModelConfigs(configs: object | readonly object[], options?: ManagementCallOptions): Promise<boolean> {
    const { refuseKeys } = await import("../models/modelConfigs.js");
    refuseKeys(configs);
    const { ok, message } = await this.#ask("set_model_configs", { value: JSON.stringify(configs) }, options);
    if (!ok) settings.logger.warn(`the agent server at ${this.#address} does not take the model configs: ${message}`);
    return ok;
  }

  /** @returns false when the server has no such agent */
  async deleteAgent(agentId: string, options?: ManagementCallOptions): Promise<boolean> {
    return (await this.#ask("delete_agent", { value: agentId }, options)).ok;
  }

  /** Deletes all agents of the server. @returns whether it did */
  async deleteAllAgent(options?: ManagementCallOptions): Promise<boolean> {
    return (await this.#ask("delete_all_agents", {}, options)).ok;
  }

  /**
   * Makes a new agent of the same class and config as another, without its memory. At most 60 s by default.
   * @returns the id of the new agent
   * @throws AgentScopeError (AGENT_NOT_FOUND) when it can't be cloned
   */
  async cloneAgent(agentId: string, options?: ManagementCallOptions): Promise<string> {
    const limits = { timeoutMs: creationTimeoutMs, ...options };
    return this.#expectOk(await this.#ask("clone_agent", { value: agentId }, limits), "AGENT_NOT_FOUND");
  }

  /**
   * Makes an agent of a class that the server knows. At most 60 s by default.
   * @param agent `agentId`: made when missing; `config`: what the class's constructor takes. In JSON its `Uint8Array`,
   *   `Date`, `Map` and `Set` become text, objects and lists; for Python its properties become keyword arguments
   * @returns the agent's id
   * @throws AgentCreationError when the server refuses, with the reason
   */
  async createAgent(
    agent: { agentId?: string; className: string; config?: object },
    { format = "json", ...options }: CreateAgentOptions = {},
  ): Promise<string> {
    const { agentId = newAgentId(), className, config = {} } = agent;
    const { writeJsonInitArgs, writePickleInitArgs } = await import("../management/agentInitArgs.js");
    const initArgs = format === "json" ? writeJsonInitArgs(className, config) : writePickleInitArgs(className, config);
    const request = { agent_id: agentId, agent_init_args: initArgs, agent_source_code: new Uint8Array() };
    const limits = { timeoutMs: creationTimeoutMs, ...options };
    const refused = (message: string, cause?: unknown) =>
      new AgentCreationError(`${className} can't be created at ${this.#address}: ${message}`, {
        agent: { name: nameOf(config) ?? className, id: agentId, server: this.#address },
        cause,
      });
    // Python's server fails the whole call when a constructor throws.
    const response = await this.#ask("create_agent", request, limits).catch((error: unknown) => {
      throw error instanceof AgentScopeError && error.code === "AGENT_FAILED" ? refused(error.message, error) : error;
    });
    if (!response.ok) throw refused(response.message);
    return agentId;
  }

  /**
   * Calls an agent as Python's clients do. `_reply` starts its turn; `_observe` waits until the agent has observed. At
   * most 300 s by default.
   * @param options `input`: a message, a placeholder of a server, a list of these, or nothing
   * @returns for `_reply` a task id for {@link updatePlaceholder}, for `_observe` an empty text
   * @throws InvalidArgumentError when the server has no such agent or function
   */
  async callAgentFunc(
    agentId: string,
    func: string,
    { input, ...options }: ManagementCallOptions & { input?: JsonInput } = {},
  ): Promise<string> {
    const { writeMessageJson } = await import("../management/messageJson.js");
    const request = { agent_id: agentId, target_func: func, value: writeMessageJson(input) };
    const limits = { timeoutMs: replyTimeoutMs, ...options };
    return this.#expectOk(await this.#ask("call_agent_func", request, limits));
  }

  /**
   * Waits for the reply of a task, at most 300 s by default. A `url` in it is as the agent wrote it: see {@link downloadFile}.
   * @returns the message, or `undefined` when the agent replied nothing
   * @throws PlaceholderExpiredError when the server dropped the reply, AgentCallError when the call failed
   */
  async updatePlaceholder(taskId: string | number, options?: ManagementCallOptions): Promise<Msg | undefined> {
    return this.#reply(taskId, { timeoutMs: replyTimeoutMs, ...options }, 0);
  }

  /**
   * Downloads a file of the server's machine, as far as the server gives it out.
   * @param path as messages of the server name it
   * @param options `saveDir`: the folder to save in, made when missing; default: one in the system's folder for temporary
   *   files. `timeoutMs` is the longest silence, whatever the whole takes
   * @returns the path of the local copy; the same for the same file of the same server
   * @throws InvalidArgumentError when the server has no such file or does not give it out
   */
  async downloadFile(
    path: string,
    { saveDir, ...options }: ManagementCallOptions & { saveDir?: string } = {},
  ): Promise<string> {
    const { saveDownload } = await import("./saveDownload.js");
    const channel = await this.#connection();
    const pieces = channel.downloadFile(path, { timeoutMs: this.#timeoutMs, ...options });
    return saveDownload(pieces, { saveDir, address: this.#address, path });
  }

  /** Ends the connection; calls under way are given up. */
  close(): void {
    this.#isClosed = true;
    void this.#closeChannel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  async #closeChannel(): Promise<void> {
    (await this.#channel)?.close();
  }

  async #connection(): Promise<ManagementChannel> {
    this.#channel ??= this.#makeChannel();
    return this.#channel;
  }

  async #makeChannel(): Promise<ManagementChannel> {
    const { ManagementChannel: Channel } = await import("./managementChannel.js");
    const channel = new Channel(this.#access);
    if (this.#isClosed) channel.close();
    return channel;
  }

  async #ask<Name extends UnaryMethod>(
    name: Name,
    request: ManagementRequest<Name>,
    { timeoutMs = this.#timeoutMs, signal }: ManagementCallOptions = {},
  ): Promise<GeneralResponse> {
    const channel = await this.#connection();
    return channel.unary(name, request, { timeoutMs, signal });
  }

  #expectOk({ ok, message }: GeneralResponse, code: "AGENT_NOT_FOUND" | "AGENT_FAILED" = "AGENT_FAILED"): string {
    if (ok) return message;
    throw new AgentScopeError(code, `The agent server at ${this.#address} refuses: ${message}`);
  }

  async #reply(taskId: string | number, limits: CallLimits, hops: number): Promise<Msg | undefined> {
    const { checkedTaskId, PlaceholderReference } = await import("../management/placeholderReference.js");
    const { readMessageJson } = await import("../management/messageJson.js");
    const request = { task_id: checkedTaskId(taskId) };
    const { ok, message } = await this.#ask("update_placeholder", request, limits);
    if (!ok) throw this.#failedReply(message);
    const reply = readMessageJson(message);
    if (Array.isArray(reply)) throw new AgentScopeError("AGENT_FAILED", `Task ${taskId} replied a list, not a message`);
    if (!(reply instanceof PlaceholderReference)) return reply ?? undefined;
    if (hops >= maxHops)
      throw new AgentScopeError("AGENT_FAILED", `Task ${taskId} leads over more than ${maxHops} placeholders`);
    const next = new RpcAgentClient({ host: reply.host, port: reply.port });
    try {
      return await next.#reply(reply.taskId, limits, hops + 1);
    } finally {
      next.close();
    }
  }

  #failedReply(message: string): AgentScopeError {
    const expired = /^PlaceholderExpiredError: ([^]*)/.exec(message)?.[1];
    if (expired !== undefined) return new PlaceholderExpiredError(expired);
    const agent = { name: "unknown", id: "unknown", server: this.#address };
    return new AgentCallError("AGENT_FAILED", `A call at ${agent.server} failed: ${message}`, { agent });
  }
}

function nameOf(config: object): string | undefined {
  const { name } = config as { name?: unknown };
  return typeof name === "string" ? name : undefined;
}
