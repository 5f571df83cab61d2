import type { handleUnaryCall, sendUnaryData, ServerUnaryCall, ServerWritableStream } from "@grpc/grpc-js";
import { asError } from "../errors.js";
import { lateModule } from "../lateModule.js";
import type { ManagedServer } from "./managedServer.js";
import type { ManagementOptions } from "./managementHandlers.js";
import type { ByteMsg, GeneralResponse, ManagementRequest, StringMsg, UnaryMethod } from "./rpcAgentProto.js";

/**
 * The handlers of AgentScope 0.1's management service:
 * `grpcServer.addService(rpcAgentService, managementService(server, { token }))`.
 *
 * Their code is loaded with the first call: most servers of a run are never managed, and their start counts.
 */
export function managementService(server: ManagedServer, options: ManagementOptions = {}) {
  const handlers = lateModule(async () => {
    const { managementHandlers } = await import("./managementHandlers.js");
    return managementHandlers(server, options);
  });

  const unary = <Name extends UnaryMethod>(name: Name) => {
    type Request = ManagementRequest<Name>;
    const handle = async (
      call: ServerUnaryCall<Request, GeneralResponse>,
      callback: sendUnaryData<GeneralResponse>,
    ) => {
      const loaded = await handlers().catch(asError);
      if (loaded instanceof Error) return callback(loaded);
      const handler = loaded[name] as handleUnaryCall<Request, GeneralResponse>;
      handler(call, callback);
    };
    return (call: ServerUnaryCall<Request, GeneralResponse>, callback: sendUnaryData<GeneralResponse>): void => {
      void handle(call, callback);
    };
  };
  const downloadFile = async (call: ServerWritableStream<StringMsg, ByteMsg>) => (await handlers()).download_file(call);

  return {
    is_alive: unary("is_alive"),
    stop: unary("stop"),
    create_agent: unary("create_agent"),
    delete_agent: unary("delete_agent"),
    delete_all_agents: unary("delete_all_agents"),
    clone_agent: unary("clone_agent"),
    get_agent_list: unary("get_agent_list"),
    get_server_info: unary("get_server_info"),
    set_model_configs: unary("set_model_configs"),
    get_agent_memory: unary("get_agent_memory"),
    call_agent_func: unary("call_agent_func"),
    update_placeholder: unary("update_placeholder"),
    download_file: (call: ServerWritableStream<StringMsg, ByteMsg>): void => {
      downloadFile(call).catch((error: unknown) => call.emit("error", error));
    },
  };
}
