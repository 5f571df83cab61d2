import { checkOnServerLoss, type OnServerLoss } from "../agents/distOptions.js";
import type { McpServers } from "../agents/tools/mcpServer.js";
import { readMcpServers } from "../agents/tools/mcpServers.js";
import { InvalidArgumentError } from "../errors.js";
import { maxChunkBytes } from "../link/channelLimits.js";
import type { ClientTls } from "../link/grpcClient.js";
import { type ModelConfigSource, readModelConfigs } from "../models/modelConfigs.js";
import { checkRetryPolicy, type RetryPolicy } from "../runtime/retryPolicy.js";
import { runtime } from "../runtime/runtime.js";
import { scriptStudio } from "../studio/scriptStudio.js";
import { checkStudioUrl } from "../studio/studioAddress.js";
import { type Logger, settings } from "./settings.js";

/** What `init` takes; everything has a default. */
export interface InitOptions {
  /** The models that agents use by name: the path of a JSON file, one config, or a list. Each has `config_name` and `model_type`. */
  modelConfigs?: ModelConfigSource;
  /** MCP servers that agents use by name: the path of a JSON file with `mcpServers`, or servers by name. */
  mcpServers?: string | McpServers;
  /** How the program is called where runs are listed. */
  project?: string;
  name?: string;
  /**
   * The address of the daemon, `http://HOST:PORT` or `https://HOST:PORT`, that this program is a run of, and that says where `toDist` without host and port puts
   * agents; `off`: none. Default: `AGENTSCOPE_STUDIO_URL`; else the user's own daemon watches, if it is there.
   */
  studioUrl?: string;
  /** The token of that daemon, where it is not this user's own. Default: `AGENTSCOPE_STUDIO_TOKEN`. */
  token?: string;
  /**
   * For a daemon at `https://HOST:PORT`: who has signed its certificate, and a certificate and key for it, where it wants one; each a PEM
   * text or the path of a file. Default: `AGENTSCOPE_STUDIO_TLS_CA`, `…_CERT`, `…_KEY`; without those, whom Node trusts.
   */
  tls?: ClientTls;
  /** The most child processes; further agents share them, least loaded first. Default: the machine's available parallelism. */
  maxChildServers?: number;
  /**
   * Child processes that are started before `toDist` needs them, and replaced when it took one: an agent is then there at once. They count
   * among `maxChildServers`, and end with this process, which they do not keep alive. Default 0; what a later `init` says goes.
   */
  warmChildServers?: number;
  /** Whether agents stay out of the terminal with what they say. Default false; `AGENTSCOPE_QUIET=1` does the same. */
  quiet?: boolean;
  /** Where files of other machines are saved. Default: a temporary folder. */
  saveDir?: string;
  /** Takes warnings. Default: standard error. */
  logger?: Logger;
  /** Where `toDist` puts agents, whatever its options: `local`, `child`, `studio`, `HOST:PORT`. `AGENTSCOPE_TARGET` goes before it. */
  target?: string;
  /** The longest turn of a call of a local or child agent, in seconds. Default 300. */
  callTimeoutSeconds?: number;
  /** The most calls of agents of one server (or of one worker of it) that wait for their answers; more fail. Default 2,000,000. */
  maxPendingCalls?: number;
  /** Bytes on their way to one worker of a server that has not said yet that they arrived; more wait here. Default 4 MiB. */
  windowBytes?: number;
  /**
   * Bytes of a large value that are sent at once: calls wait for no more of it. Smaller ones suit slow networks. Default 256 KiB.
   * Child servers have both, too; connections that are there already stay as they are.
   */
  chunkBytes?: number;
  /** What becomes of agents when their server is lost, where `toDist` does not say it. Default `fail`. */
  onServerLoss?: OnServerLoss;
  /** When a call that has failed is made again, of agents that `toDist` gives no policy of their own. Default: never. */
  retry?: RetryPolicy;
}

/**
 * Sets up the process. A program that needs no setting need not call it.
 *
 * @throws InvalidArgumentError naming the option that can't be used.
 */
export function init(options: InitOptions = {}): void {
  const { maxChildServers, warmChildServers, callTimeoutSeconds, studioUrl } = options;
  if (studioUrl !== undefined && studioUrl !== "off") checkStudioUrl(studioUrl);
  if (maxChildServers !== undefined && !(Number.isInteger(maxChildServers) && maxChildServers > 0)) {
    throw new InvalidArgumentError(`init: maxChildServers is ${maxChildServers}; it must be a whole number above 0`);
  }
  if (warmChildServers !== undefined && !(Number.isInteger(warmChildServers) && warmChildServers >= 0)) {
    throw new InvalidArgumentError(`init: warmChildServers is ${warmChildServers}; it must be a whole number from 0`);
  }
  if (callTimeoutSeconds !== undefined && !(callTimeoutSeconds > 0)) {
    throw new InvalidArgumentError(`init: callTimeoutSeconds is ${callTimeoutSeconds}; it must be a number above 0`);
  }
  for (const name of ["maxPendingCalls", "windowBytes", "chunkBytes"] as const) {
    const value = options[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0)) {
      throw new InvalidArgumentError(`init: ${name} is ${value}; it must be a whole number above 0`);
    }
  }
  if ((options.chunkBytes ?? 0) > maxChunkBytes) {
    throw new InvalidArgumentError(`init: chunkBytes is ${options.chunkBytes}; it can be ${maxChunkBytes} at the most`);
  }
  checkOnServerLoss(options.onServerLoss, "init");
  checkRetryPolicy(options.retry, "init");
  if (options.modelConfigs !== undefined) settings.modelConfigs = readModelConfigs(options.modelConfigs);
  if (options.mcpServers !== undefined) settings.mcpServers = readMcpServers(options.mcpServers);
  settings.project = options.project ?? settings.project;
  settings.name = options.name ?? settings.name;
  settings.maxChildServers = maxChildServers ?? settings.maxChildServers;
  settings.warmChildServers = warmChildServers ?? settings.warmChildServers;
  settings.quiet = options.quiet ?? settings.quiet;
  settings.onServerLoss = options.onServerLoss ?? settings.onServerLoss;
  settings.maxPendingCalls = options.maxPendingCalls ?? settings.maxPendingCalls;
  settings.windowBytes = options.windowBytes ?? settings.windowBytes;
  settings.chunkBytes = options.chunkBytes ?? settings.chunkBytes;
  settings.retry = options.retry ?? settings.retry;
  settings.saveDir = options.saveDir ?? settings.saveDir;
  settings.logger = options.logger ?? settings.logger;
  settings.target = options.target ?? settings.target;
  settings.callTimeoutSeconds = callTimeoutSeconds ?? settings.callTimeoutSeconds;
  settings.studioUrl = studioUrl ?? settings.studioUrl;
  settings.studioToken = options.token ?? settings.studioToken;
  settings.studioTls = options.tls ?? settings.studioTls;
  if (scriptStudio() !== undefined) runtime().run?.join();
  // Also what was started with other settings before: agents are to have these.
  if (settings.warmChildServers > 0 || warmChildServers === 0) runtime().servers.keepWarm();
}
