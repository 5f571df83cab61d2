import { availableParallelism } from "node:os";
import type { OnServerLoss } from "../agents/distOptions.js";
import type { McpServers } from "../agents/tools/mcpServer.js";
import { defaultChannelLimits } from "../link/channelLimits.js";
import type { ClientTls } from "../link/grpcClient.js";
import type { ModelConfig } from "../models/modelConfigSchema.js";
import type { RetryPolicy } from "../runtime/retryPolicy.js";

/** What `init` sets for the whole process. */
export interface Settings {
  /** The run target over the options of `toDist`. */
  target: string | undefined;
  project: string | undefined;
  name: string | undefined;
  /** The address of the daemon, or `off`; `AGENTSCOPE_STUDIO_URL` unless set. */
  studioUrl: string | undefined;
  /** What that daemon wants to see; what the environment says unless set. */
  studioToken: string | undefined;
  studioTls: ClientTls | undefined;
  /** The most calls of agents of one server that this thread waits for. */
  maxPendingCalls: number;
  /** Bytes on their way to one thread of another process that has not said yet that they arrived. */
  windowBytes: number;
  /** Bytes of a large value that are sent at once. */
  chunkBytes: number;
  /** The most child servers; then agents share them. */
  maxChildServers: number;
  /** Child servers that are started before an agent needs one. */
  warmChildServers: number;
  /** Where files of other machines are saved; a temporary folder unless set. */
  saveDir: string | undefined;
  /** MCP servers that agents of this process can name. */
  mcpServers: McpServers;
  /** Whether those who make agents here may say which programs the agents start: a program's own process, and its children. */
  trustsCallers: boolean;
  /** What becomes of agents whose server is lost, unless `toDist` says it. */
  onServerLoss: OnServerLoss;
  /** When calls of agents elsewhere are made again, unless `toDist` says it. */
  retry: RetryPolicy | undefined;
  /** Agents do not speak into the terminal. */
  quiet: boolean;
  /** The longest turn of a call, in seconds. */
  callTimeoutSeconds: number;
  /** The models that agents of this thread can name; none has a key in it. */
  modelConfigs: ModelConfig[];
  /** Where warnings go. */
  logger: Logger;
}

/** What takes what the SDK has to say; `console` is one. */
export interface Logger {
  warn(message: string): void;
}

export const settings: Settings = {
  target: undefined,
  project: undefined,
  name: undefined,
  studioUrl: undefined,
  studioToken: undefined,
  studioTls: undefined,
  maxPendingCalls: 2_000_000,
  windowBytes: defaultChannelLimits.windowBytes,
  chunkBytes: defaultChannelLimits.chunkBytes,
  maxChildServers: availableParallelism(),
  warmChildServers: 0,
  saveDir: undefined,
  mcpServers: {},
  trustsCallers: true,
  onServerLoss: "fail",
  retry: undefined,
  quiet: false,
  callTimeoutSeconds: 300,
  modelConfigs: [],
  logger: { warn: (message) => process.stderr.write(`agentscope: ${message}\n`) },
};
