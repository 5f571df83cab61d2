import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { MethodDefinition } from "@grpc/grpc-js";
import type * as Protobuf from "protobufjs";

/** The answer of every unary method. With `ok: false` the message says why. */
export interface GeneralResponse {
  ok: boolean;
  message: string;
}

export interface CreateAgentRequest {
  agent_id: string;
  /** A Python pickle of plain data, or JSON: `{"args": […], "kwargs": {…}, "class_name": "…"}`. */
  agent_init_args: Uint8Array;
  agent_source_code: Uint8Array;
}

export interface StringMsg {
  value: string;
}

export interface ByteMsg {
  data: Uint8Array;
}

export interface RpcMsg {
  /** JSON of the input. */
  value: string;
  target_func: string;
  agent_id: string;
}

export interface UpdatePlaceholderRequest {
  /** An int64, as a decimal string. */
  task_id: string;
}

/** google.protobuf.Empty */
export type Empty = Record<string, never>;

interface Codec<T> {
  serialize: (value: T) => Buffer;
  deserialize: (bytes: Buffer) => T;
}

/** The .proto file of the package: as near to `dist` as it is to `src`. */
const protoFile = new URL("../../proto/rpc_agent.proto", import.meta.url);

let loadedTypes: Map<string, Protobuf.Type> | undefined;

/** protobufjs takes some 40 ms to load, and most servers of a run never get a management call: loaded at the first. */
function messageType(name: string): Protobuf.Type {
  if (loadedTypes === undefined) {
    const protobuf = createRequire(import.meta.url)("protobufjs") as typeof Protobuf;
    const { root } = protobuf.parse(readFileSync(protoFile, "utf8"), { keepCase: true });
    const names = [
      "GeneralResponse",
      "CreateAgentRequest",
      "StringMsg",
      "ByteMsg",
      "RpcMsg",
      "UpdatePlaceholderRequest",
    ];
    loadedTypes = new Map(names.map((known) => [known, root.lookupType(known)]));
  }
  const type = loadedTypes.get(name);
  if (type === undefined) throw new Error(`rpc_agent.proto has no message ${name}`);
  return type;
}

function codec<T extends object>(name: string): Codec<T> {
  return {
    serialize: (value) => {
      const type = messageType(name);
      return Buffer.from(type.encode(type.fromObject(value)).finish());
    },
    deserialize: (bytes) => {
      const type = messageType(name);
      return type.toObject(type.decode(bytes), { defaults: true, longs: String }) as T;
    },
  };
}

const empty: Codec<Empty> = { serialize: () => Buffer.alloc(0), deserialize: () => ({}) };
const generalResponse = codec<GeneralResponse>("GeneralResponse");
const stringMsg = codec<StringMsg>("StringMsg");

function method<Request, Response>(
  name: string,
  request: Codec<Request>,
  response: Codec<Response>,
): MethodDefinition<Request, Response> {
  return {
    path: `/RpcAgent/${name}`,
    originalName: name,
    requestStream: false,
    responseStream: false,
    requestSerialize: request.serialize,
    requestDeserialize: request.deserialize,
    responseSerialize: response.serialize,
    responseDeserialize: response.deserialize,
  };
}

/** The `RpcAgent` service for grpc-js, both ends: `server.addService(rpcAgentService, …)`. */
export const rpcAgentService = {
  is_alive: method("is_alive", empty, generalResponse),
  stop: method("stop", empty, generalResponse),
  create_agent: method("create_agent", codec<CreateAgentRequest>("CreateAgentRequest"), generalResponse),
  delete_agent: method("delete_agent", stringMsg, generalResponse),
  delete_all_agents: method("delete_all_agents", empty, generalResponse),
  clone_agent: method("clone_agent", stringMsg, generalResponse),
  get_agent_list: method("get_agent_list", empty, generalResponse),
  get_server_info: method("get_server_info", empty, generalResponse),
  set_model_configs: method("set_model_configs", stringMsg, generalResponse),
  get_agent_memory: method("get_agent_memory", stringMsg, generalResponse),
  call_agent_func: method("call_agent_func", codec<RpcMsg>("RpcMsg"), generalResponse),
  update_placeholder: method(
    "update_placeholder",
    codec<UpdatePlaceholderRequest>("UpdatePlaceholderRequest"),
    generalResponse,
  ),
  download_file: { ...method("download_file", stringMsg, codec<ByteMsg>("ByteMsg")), responseStream: true },
};

/** The methods that answer once. */
export type UnaryMethod = Exclude<keyof typeof rpcAgentService, "download_file">;

/** What a method is asked with. */
export type ManagementRequest<Name extends keyof typeof rpcAgentService> = Parameters<
  (typeof rpcAgentService)[Name]["requestSerialize"]
>[0];

/** Messages of the service are at most this large at both ends, as in AgentScope 0.1. */
export const maxManagementMessageBytes = 32 * 1024 * 1024;
