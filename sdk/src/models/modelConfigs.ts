import { readFileSync } from "node:fs";
import { InvalidArgumentError } from "../errors.js";
import {
  fieldsOf,
  isRemoteModel,
  type ModelConfig,
  modelTypes,
  parseModelConfig,
  type RemoteModelConfig,
  unknownField,
} from "./modelConfigSchema.js";
import { keyVariablesOf } from "./providers.js";
import { keysInside, variableOf, withKeysByName } from "./secrets.js";

/** Where model configs come from: the path of a JSON file, one config, or a list. */
export type ModelConfigSource = string | Record<string, unknown> | Record<string, unknown>[];

/**
 * Model configs from a JSON file, or as they are. A key that stands in one is kept in this process's environment, and the
 * config then has the name of that variable.
 *
 * @throws InvalidArgumentError saying which file, which entry, which field, and what is allowed.
 */
export function readModelConfigs(source: ModelConfigSource): ModelConfig[] {
  const origin = typeof source === "string" ? source : "modelConfigs";
  return checked(typeof source === "string" ? readJson(source) : source, origin).map(withKeysByName);
}

/**
 * Model configs that another process sent.
 *
 * @param isReachable whether other machines may be that process.
 * @throws InvalidArgumentError as `readModelConfigs`, when one has a key in it, and when one from another machine would send a
 *   key of this machine to an address of its choice.
 */
export function receiveModelConfigs(sent: unknown, { isReachable }: { isReachable: boolean }): ModelConfig[] {
  refuseKeys(sent);
  const configs = checked(sent, "modelConfigs");
  if (isReachable) for (const [index, config] of configs.entries()) refuseForeignKeys(config, index);
  return configs;
}

/**
 * Looks at configs that are to be sent to servers.
 *
 * @param origin what the person calls them, such as the name of a file.
 * @throws InvalidArgumentError saying which entry, which field, and what is allowed; that a key stands in one.
 */
export function checkModelConfigs(configs: unknown, origin: string): void {
  refuseKeys(configs, origin);
  checked(configs, origin);
}

/** Where the one who runs a server says which keys may go where others say. */
const allowedKeys = "AGENTSCOPE_MODEL_KEYS";

function refuseForeignKeys(config: ModelConfig, index: number): void {
  if (!isRemoteModel(config) || config.base_url === undefined) return;
  const allowed = (process.env[allowedKeys] ?? "").split(",").map((name) => name.trim());
  const foreign = variablesOf(config).find((name) => !allowed.includes(name));
  if (foreign === undefined) return;
  throw new InvalidArgumentError(
    `${entryOf("modelConfigs", index, config)}: it would send ${foreign} of the server's environment to ${config.base_url}. ` +
      `Whoever runs the server can allow that: ${allowedKeys}=${foreign} (a list, with commas), or start it with the config`,
  );
}

/** The environment variables that a config would send. */
function variablesOf(config: RemoteModelConfig): string[] {
  const headers = Object.values(config.headers ?? {}).flatMap((value) => variableOf(value) ?? []);
  return [...keyVariablesOf(config), ...headers];
}

/**
 * Keys stay on their machine.
 *
 * @throws InvalidArgumentError naming the entry and the field that has a key in it.
 */
export function refuseKeys(configs: unknown, origin = "modelConfigs"): void {
  for (const [index, config] of listOf(configs).entries()) {
    const [field] = keysInside(config);
    if (field === undefined) continue;
    throw new InvalidArgumentError(
      `${entryOf(origin, index, config)}: ${field} is a key itself, and keys are not sent to other machines: set an ` +
        'environment variable there, and write its name, as in "env:MY_API_KEY"',
    );
  }
}

/** Configs with others added; one with a known name takes the place of the other. */
export function addModelConfigs(configs: readonly ModelConfig[], added: readonly ModelConfig[]): ModelConfig[] {
  const names = new Set(added.map((config) => config.config_name));
  return [...configs.filter((config) => !names.has(config.config_name)), ...added];
}

function checked(value: unknown, origin: string): ModelConfig[] {
  const names = new Map<string, number>();
  return listOf(value).map((entry, index) => {
    const where = entryOf(origin, index, entry);
    const parsed = parseModelConfig(entry);
    if ("problems" in parsed) throw new InvalidArgumentError(`${where}: ${problemText(parsed.problems, entry)}`);
    const { config } = parsed;
    const twin = names.get(config.config_name);
    if (twin !== undefined) throw new InvalidArgumentError(`${where}: entry ${twin + 1} has the same config_name`);
    names.set(config.config_name, index);
    return config;
  });
}

function listOf(configs: unknown): unknown[] {
  return Array.isArray(configs) ? configs : [configs];
}

/** `models.json, entry 2 ("fast")`. */
function entryOf(origin: string, index: number, entry: unknown): string {
  const { config_name: name } = (entry ?? {}) as { config_name?: unknown };
  return `${origin}, entry ${index + 1}${typeof name === "string" ? ` (${JSON.stringify(name)})` : ""}`;
}

function problemText(problems: { path: readonly PropertyKey[]; message: string }[], entry: unknown): string {
  const { model_type: type } = (entry ?? {}) as { model_type?: unknown };
  const texts = problems.map(({ path, message }) => {
    const field = path.map(String).join(".");
    if (field === "") return "must be an object with config_name and model_type";
    if (field === "model_type" && typeof type === "string") {
      return `model_type is ${JSON.stringify(type)}; there are ${modelTypes().join(", ")}`;
    }
    if (field === "model_type") return `model_type is missing; there are ${modelTypes().join(", ")}`;
    return `${field} ${message}${foreignFields[field] === undefined || message !== unknownField ? "" : `; ${foreignFields[field]}`}`;
  });
  const isUnknown = problems.some(({ path, message }) => message === unknownField && path.length === 1);
  if (isUnknown) texts.push(`the fields of ${String(type)} are ${fieldsOf(String(type)).join(", ")}`);
  return texts.join("; ");
}

/** Fields of AgentScope's Python configs that have another name here. */
const foreignFields: Record<string, string> = {
  client_args: "write base_url, timeout, max_retries and headers beside model_type",
  api_url: "write base_url, the address up to its version",
  host: "write base_url, as in http://127.0.0.1:11434/v1",
  options: "write generate_args",
  json_args: "write generate_args, or provider_options for what only this provider knows",
};

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch (cause) {
    throw new InvalidArgumentError(`model configs can't be read from ${path}: ${(cause as Error).message}`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (thrown) {
    // What V8 says may have a piece of the text in it, and so a key; it is no cause either.
    const what = (thrown as Error).message.replaceAll(/(?:, )?(?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON/gs, "");
    throw new InvalidArgumentError(`${path} is no JSON: ${what}`);
  }
}
