export { type AccessRole, makeAccessToken } from "./access/accessToken.js";
export { AgentBase } from "./agents/agentBase.js";
export type { AgentConfig, AgentInput } from "./agents/agentConfig.js";
export { agent } from "./agents/agentDecorator.js";
export { DialogAgent, type DialogAgentConfig } from "./agents/dialogAgent.js";
export { DictDialogAgent, type DictDialogAgentConfig } from "./agents/dictDialogAgent.js";
export { ReActAgent, type ReActAgentConfig } from "./agents/reActAgent.js";
export type { McpAddress, McpProgram, McpServer, McpServers } from "./agents/tools/mcpServer.js";
export { type Tool, type ToolCallOptions, type Tools, tool } from "./agents/tools/tool.js";
export { UserAgent, type UserAgentConfig } from "./agents/userAgent.js";
export type { DistOptions } from "./agents/distOptions.js";
export { DistConf } from "./agents/distOptions.js";
export { RpcAgent } from "./agents/rpcAgent.js";
export { type AgentThumbnail, RpcAgentClient, type RpcAgentClientOptions } from "./client/rpcAgentClient.js";
export {
  AgentCallError,
  AgentCreationError,
  type AgentLabel,
  AgentScopeError,
  AgentServerNotAliveError,
  type ErrorCode,
  InvalidArgumentError,
  type ModelCallDetails,
  ModelCallError,
  type ModelFailure,
  NotTransferableError,
  PlaceholderExpiredError,
} from "./errors.js";
export { type LauncherOptions, RpcAgentServerLauncher } from "./launch/serverLauncher.js";
export type { ClientTls } from "./link/grpcClient.js";
export type { ServerInfo } from "./management/managedServer.js";
export type { CallResult } from "./messages/callResult.js";
export { Msg, type MsgInit, type Role } from "./messages/msg.js";
export { Placeholder } from "./messages/placeholder.js";
export { TemporaryMemory } from "./messages/temporaryMemory.js";
export type {
  AssistantMessage,
  ChatFile,
  ChatMessage,
  ChatModel,
  ChatRequest,
  ChatResult,
  ChatStream,
  ChatTool,
  ChatToolCall,
  ChatUsage,
  SystemMessage,
  ToolMessage,
  UserMessage,
} from "./models/chatModel.js";
export { findModel } from "./models/findModel.js";
export type { ModelConfig } from "./models/modelConfigSchema.js";
export type { ModelConfigSource } from "./models/modelConfigs.js";
export type { JsonSchema, ValueSchema } from "./models/valueSchema.js";
export { type InitOptions, init } from "./orchestration/init.js";
export { type MsgHub, msgHub } from "./orchestration/msgHub.js";
export {
  forLoopPipeline,
  ifElsePipeline,
  sequentialPipeline,
  switchPipeline,
  whileLoopPipeline,
} from "./orchestration/pipelines.js";
export type { Logger } from "./orchestration/settings.js";
export type { OnServerLoss } from "./agents/distOptions.js";
export type { RetryPolicy } from "./runtime/retryPolicy.js";
export { type Retrying, withRetry } from "./agents/withRetry.js";
