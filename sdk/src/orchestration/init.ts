import { readFileSync } from "node:fs";
import { asError, InvalidArgumentError } from "../errors.js";
import { type Logger, settings } from "./settings.js";

/** What `init` takes; everything has a default. */
export interface InitOptions {
  /** The models that agents use by name: the path of a JSON file, one config, or a list. Each has `config_name` and `model_type`. */
  modelConfigs?: string | Record<string, unknown> | Record<string, unknown>[];
  /** How the program is called where runs are listed. */
  project?: string;
  name?: string;
  /** The address of the daemon that allocates agent servers. */
  studioUrl?: string;
  /** The most child processes; further agents share them, least loaded first. Default: the machine's available parallelism. */
  maxChildServers?: number;
  /** Whether agents stay out of the terminal with what they say. Default false; `AGENTSCOPE_QUIET=1` does the same. */
  quiet?: boolean;
  /** Where files of other machines are saved. Default: a temporary folder. */
  saveDir?: string;
  /** Takes warnings. Default: standard error. */
  logger?: Logger;
  /** Where `toDist` puts agents, whatever its options: `local`, `child`, `HOST:PORT`. `AGENTSCOPE_TARGET` goes before it. */
  target?: string;
  /** The longest turn of a call of a local or child agent, in seconds. Default 300. */
  callTimeoutSeconds?: number;
}

/**
 * Sets up the process. A program that needs no setting need not call it.
 *
 * @throws InvalidArgumentError naming the option that can't be used.
 */
export function init(options: InitOptions = {}): void {
  const { maxChildServers, callTimeoutSeconds, studioUrl } = options;
  if (studioUrl !== undefined) {
    throw new InvalidArgumentError(
      `init: studioUrl is ${JSON.stringify(studioUrl)}, but this version has no daemon yet: leave it out, and give toDist ` +
        "the host and port of an agent server",
    );
  }
  if (maxChildServers !== undefined && !(Number.isInteger(maxChildServers) && maxChildServers > 0)) {
    throw new InvalidArgumentError(`init: maxChildServers is ${maxChildServers}; it must be a whole number above 0`);
  }
  if (callTimeoutSeconds !== undefined && !(callTimeoutSeconds > 0)) {
    throw new InvalidArgumentError(`init: callTimeoutSeconds is ${callTimeoutSeconds}; it must be a number above 0`);
  }
  if (options.modelConfigs !== undefined) settings.modelConfigs = readModelConfigs(options.modelConfigs);
  settings.project = options.project ?? settings.project;
  settings.name = options.name ?? settings.name;
  settings.maxChildServers = maxChildServers ?? settings.maxChildServers;
  settings.quiet = options.quiet ?? settings.quiet;
  settings.saveDir = options.saveDir ?? settings.saveDir;
  settings.logger = options.logger ?? settings.logger;
  settings.target = options.target ?? settings.target;
  settings.callTimeoutSeconds = callTimeoutSeconds ?? settings.callTimeoutSeconds;
}

/**
 * Model configs from a JSON file, or as they are.
 *
 * @throws InvalidArgumentError saying which file, which entry and which field.
 */
export function readModelConfigs(
  configs: string | Record<string, unknown> | Record<string, unknown>[],
): Record<string, unknown>[] {
  const source = typeof configs === "string" ? configs : "modelConfigs";
  const read: unknown = typeof configs === "string" ? readJson(configs) : configs;
  const list: unknown[] = Array.isArray(read) ? read : [read];
  return list.map((config, index) => {
    for (const field of ["config_name", "model_type"] as const) {
      if (typeof (config as Record<string, unknown> | null)?.[field] !== "string") {
        throw new InvalidArgumentError(`${source}: entry ${index + 1} has no ${field}; each config needs one, as text`);
      }
    }
    return config as Record<string, unknown>;
  });
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (thrown) {
    throw new InvalidArgumentError(`model configs can't be read from ${path}: ${asError(thrown).message}`, {
      cause: thrown,
    });
  }
}
