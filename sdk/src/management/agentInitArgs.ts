import { InvalidArgumentError } from "../errors.js";
import { jsonValue } from "./jsonValue.js";
import type { AgentSpec } from "./managedServer.js";
import { parseJson } from "./messageJson.js";
import { readPickle } from "./readPickle.js";
import { writePickle } from "./writePickle.js";

/** The class to make an agent of, and its config. */
export type AgentDescription = Omit<AgentSpec, "agentId">;

/** Where the agent runs was decided when the request was sent. */
const deploymentKeys = new Set(["to_dist", "toDist"]);

/**
 * Reads `agent_init_args`: the JSON or the Python pickle of `{"args": [...], "kwargs": {...}, "class_name": "..."}`. Our
 * classes take one config object, so Python's arguments become that: a first positional argument is the config or the
 * name, and keyword arguments are merged in, `sys_prompt` as `sysPrompt`.
 * @throws InvalidArgumentError when it is neither, or not of that form
 */
export function readAgentInitArgs(bytes: Uint8Array): AgentDescription {
  if (bytes.length === 0) throw new InvalidArgumentError("agent_init_args is empty");
  const isJson = bytes[0] === "{".charCodeAt(0);
  const value = isJson ? parseJson(Buffer.from(bytes).toString("utf8")) : readPickle(bytes);
  if (!isRecord(value)) throw new InvalidArgumentError("agent_init_args is no object with args, kwargs and class_name");
  const { args = [], kwargs = {}, class_name: className } = value;
  if (typeof className !== "string" || className === "") {
    throw new InvalidArgumentError("agent_init_args: class_name must be the name of a class");
  }
  if (!Array.isArray(args)) throw new InvalidArgumentError("agent_init_args: args must be a list");
  if (!isRecord(kwargs)) throw new InvalidArgumentError("agent_init_args: kwargs must be an object, its keys strings");
  const named = Object.entries(kwargs).map(([key, item]): [string, unknown] => [toCamelCase(key), item]);
  const entries = [...Object.entries(configOf(args)), ...named].filter(([key]) => !deploymentKeys.has(key));
  const forbidden = entries.find(([key]) => key === "__proto__");
  if (forbidden !== undefined)
    throw new InvalidArgumentError('agent_init_args: a config can\'t have the key "__proto__"');
  return { className, args: [Object.fromEntries(entries)], kwargs: {} };
}

/** `agent_init_args` for servers of this package. The config is written as JSON; see {@link jsonValue}. */
export function writeJsonInitArgs(className: string, config: object): Buffer {
  const init = { args: [jsonValue(config, { name: "config" })], kwargs: {}, class_name: className };
  return Buffer.from(JSON.stringify(init));
}

/** `agent_init_args` for Python's servers: the config's properties are keyword arguments, `sysPrompt` as `sys_prompt`. */
export function writePickleInitArgs(className: string, config: object): Buffer {
  const kwargs = Object.fromEntries(Object.entries(config).map(([key, item]) => [toSnakeCase(key), item]));
  return writePickle({ args: [], kwargs, class_name: className });
}

function configOf(args: unknown[]): Record<string, unknown> {
  const [first] = args;
  if (args.length > 1) {
    throw new InvalidArgumentError(
      `agent_init_args has ${args.length} positional arguments, and only the first one (the agent's name) is known here: ` +
        "pass the others by keyword",
    );
  }
  if (first === undefined || first === null) return {};
  if (typeof first === "string") return { name: first };
  if (isRecord(first)) return first;
  throw new InvalidArgumentError("agent_init_args: the first argument must be the agent's name or its config");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function toCamelCase(name: string): string {
  return name.replace(/(?<=[^_])_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
}

function toSnakeCase(name: string): string {
  return name.replace(/(?<=[a-z\d])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
