import { stat } from "node:fs/promises";
import type { handleUnaryCall, sendUnaryData, ServerUnaryCall, ServerWritableStream } from "@grpc/grpc-js";
import type { AccessRole } from "../access/accessToken.js";
import { AgentCallError, AgentScopeError, asError, InvalidArgumentError } from "../errors.js";
import { grpcStatus } from "../link/grpcClient.js";
import { AgentCalls, type AgentCallsOptions } from "./agentCalls.js";
import { readAgentInitArgs } from "./agentInitArgs.js";
import { refusalOf } from "./authenticate.js";
import type { ManagedServer } from "./managedServer.js";
import { parseJson, writeMemoryJson, writeMessageJson } from "./messageJson.js";
import {
  type ByteMsg,
  type CreateAgentRequest,
  type Empty,
  type GeneralResponse,
  maxManagementMessageBytes,
  type RpcMsg,
  type StringMsg,
  type UpdatePlaceholderRequest,
} from "./rpcAgentProto.js";
import { sendFile } from "./sendFile.js";

export interface ManagementOptions extends AgentCallsOptions {
  /** The server's own token: callers must give it, or one made from it. Default: none is asked for. */
  token?: string | undefined;
}

/** Answers with `ok: false` and the error's text unless it throws a {@link StatusError}. */
type Handler<Request> = (request: Request, call: ServerUnaryCall<Request, GeneralResponse>) => Promise<string | void>;

/** Ends a call with a gRPC status. Its text travels in a header, which has its limits. */
class StatusError extends Error {
  constructor(
    readonly code: number,
    details: string,
  ) {
    super(details.slice(0, 4096));
  }
}

/** The handlers of the management service; see {@link managementService}, which loads this with the first call. */
export function managementHandlers(server: ManagedServer, { token, ...options }: ManagementOptions) {
  const calls = new AgentCalls(server, options);
  const unary = <Request>(needed: AccessRole, handler: Handler<Request>): handleUnaryCall<Request, GeneralResponse> => {
    return (call, callback) => {
      const refusal = refusalOf(call.metadata, token, needed);
      if (refusal === undefined) void respond(handler, call, callback);
      else callback(refusal);
    };
  };

  return {
    is_alive: unary<Empty>("read", async () => {}),
    // Answered before the port closes.
    stop: unary<Empty>("manage", async () => void setImmediate(() => void server.stop())),
    create_agent: unary<CreateAgentRequest>("call", (request) => createAgent(server, request)),
    delete_agent: unary<StringMsg>("manage", async ({ value: agentId }) => {
      if (!(await server.deleteAgent(agentId))) throw new Error(`try to delete a non-existent agent [${agentId}].`);
    }),
    delete_all_agents: unary<Empty>("manage", () => server.deleteAllAgents()),
    clone_agent: unary<StringMsg>("call", ({ value: agentId }) =>
      server.cloneAgent(agentId).catch((error: unknown) => {
        throw unknownAgent(error) ? new Error(`Try to clone a non-existent agent [${agentId}].`) : error;
      }),
    ),
    get_agent_list: unary<Empty>("read", async () => JSON.stringify(await server.agentThumbnails())),
    get_server_info: unary<Empty>("read", async () => JSON.stringify(await server.info())),
    set_model_configs: unary<StringMsg>("manage", ({ value }) => setModelConfigs(server, value)),
    get_agent_memory: unary<StringMsg>("read", async ({ value: agentId }) => {
      const memory = await server.agentMemory(agentId).catch((error: unknown) => {
        throw unknownAgent(error) ? new Error(`Agent [${agentId}] has not found`) : error;
      });
      return writeMemoryJson(memory);
    }),
    call_agent_func: unary<RpcMsg>("call", (request, call) =>
      calls.call(request, callerMachine(call.getPeer())).catch((error: unknown) => {
        // Python's client does not look at `ok` of this one.
        throw new StatusError(statusOfCall(error), asError(error).message);
      }),
    ),
    update_placeholder: unary<UpdatePlaceholderRequest>("call", async ({ task_id: taskId }) => {
      const reply = await calls.reply(taskId).catch((error: unknown) => {
        throw new Error(`${asError(error).name}: ${errorText(error)}`, { cause: error });
      });
      return writeMessageJson(reply);
    }),
    download_file: (call: ServerWritableStream<StringMsg, ByteMsg>) => {
      const refusal = refusalOf(call.metadata, token, "call");
      if (refusal === undefined) void respondFile(server, call);
      else call.emit("error", refusal);
    },
  };
}

async function respond<Request>(
  handler: Handler<Request>,
  call: ServerUnaryCall<Request, GeneralResponse>,
  callback: sendUnaryData<GeneralResponse>,
): Promise<void> {
  const outcome = await answer(handler, call).catch(asStatusError);
  if (outcome instanceof StatusError) callback({ code: outcome.code, details: outcome.message });
  else callback(null, outcome);
}

async function answer<Request>(
  handler: Handler<Request>,
  call: ServerUnaryCall<Request, GeneralResponse>,
): Promise<GeneralResponse> {
  try {
    return limited({ ok: true, message: (await handler(call.request, call)) ?? "" });
  } catch (error) {
    if (error instanceof StatusError) throw error;
    return limited({ ok: false, message: errorText(error) });
  }
}

function asStatusError(error: unknown): StatusError {
  return error instanceof StatusError ? error : new StatusError(grpcStatus.UNKNOWN, asError(error).message);
}

/** Over the limit, the receiver would only see a broken call. */
function limited(response: GeneralResponse): GeneralResponse {
  const sizeBytes = Buffer.byteLength(response.message);
  const limitBytes = maxManagementMessageBytes - 64;
  if (sizeBytes <= limitBytes) return response;
  return {
    ok: false,
    message: `The answer has ${sizeBytes} bytes; messages of this service hold at most ${limitBytes}`,
  };
}

async function createAgent(server: ManagedServer, request: CreateAgentRequest): Promise<void> {
  const { agent_id: agentId, agent_init_args: initArgs, agent_source_code: sourceCode } = request;
  if (sourceCode.length > 0) {
    throw new InvalidArgumentError(
      "Source code is not taken from the wire: start the server with the class (customAgentClasses, or --agent-dir)",
    );
  }
  if (agentId === "") throw new InvalidArgumentError("agent_id is empty");
  if (server.hasAgent(agentId)) throw new InvalidArgumentError(`Agent with agent_id [${agentId}] already exists`);
  await server.createAgent({ agentId, ...readAgentInitArgs(initArgs) });
}

async function respondFile(server: ManagedServer, call: ServerWritableStream<StringMsg, ByteMsg>): Promise<void> {
  const path = call.request.value;
  try {
    const realPath = await server.readableFile(path).catch(() => undefined);
    const file = realPath === undefined ? undefined : await stat(realPath).catch(() => undefined);
    if (realPath === undefined || file?.isFile() !== true) {
      call.emit("error", { code: grpcStatus.NOT_FOUND, details: `File ${path} not found` });
    } else {
      await sendFile(call, realPath);
    }
  } catch (error) {
    call.emit("error", { code: grpcStatus.INTERNAL, details: asError(error).message.slice(0, 4096) });
  }
}

async function setModelConfigs(server: ManagedServer, json: string): Promise<void> {
  const value = parseJson(json);
  const configs: unknown[] = Array.isArray(value) ? value : [value];
  const isConfig = (config: unknown): config is Record<string, unknown> =>
    typeof config === "object" && config !== null && !Array.isArray(config);
  if (!configs.every(isConfig)) throw new InvalidArgumentError("Model configs must be a JSON object or a list of them");
  await server.setModelConfigs(configs);
}

/** Without the port, which differs from call to call. */
function callerMachine(peer: string): string {
  return peer.replace(/:\d+$/, "");
}

function unknownAgent(error: unknown): boolean {
  return error instanceof AgentScopeError && error.code === "AGENT_NOT_FOUND";
}

function statusOfCall(error: unknown): number {
  if (!(error instanceof AgentScopeError)) return grpcStatus.UNKNOWN;
  switch (error.code) {
    case "INVALID_ARGUMENT":
    case "AGENT_NOT_FOUND":
      return grpcStatus.INVALID_ARGUMENT;
    case "LIMIT_EXCEEDED":
      return grpcStatus.RESOURCE_EXHAUSTED;
    default:
      return grpcStatus.UNKNOWN;
  }
}

function errorText(error: unknown): string {
  const { message } = asError(error);
  return error instanceof AgentCallError && error.remoteStack !== undefined
    ? `${message}\n${error.remoteStack}`
    : message;
}
