import { ModelCallError } from "../errors.js";
import type { RemoteModelConfig } from "./modelConfigSchema.js";
import { keyVariablesOf, labelOf, modelNameOf } from "./providers.js";
import { keysInside, variableOf } from "./secrets.js";

/** What a provider is shown, from this machine's environment. */
export interface ModelAccess {
  apiKey: string | undefined;
  headers: Record<string, string>;
  /** All that nobody may see. */
  keys: string[];
}

/** @throws ModelCallError (`no-key`) naming the variable to set. */
export function accessOf(config: RemoteModelConfig): ModelAccess {
  const variables = keyVariablesOf(config);
  const found = variables.find((name) => environment(name) !== undefined);
  const apiKey = found === undefined ? undefined : environment(found);
  if (apiKey === undefined && variables[0] !== undefined) throw missingKey(config, variables[0], "api_key");
  if (apiKey !== undefined && !canBeSent(apiKey)) throw unsendable(config, found as string);
  const keys = apiKey === undefined ? [] : [apiKey];
  const secret = new Set(keysInside(config));
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(config.headers ?? {})) {
    const variable = variableOf(value);
    const content = variable === undefined ? value : environment(variable);
    if (content === undefined) throw missingKey(config, variable as string, `headers.${name}`);
    if (!canBeSent(content)) throw unsendable(config, variable ?? `headers.${name}`);
    headers[name] = content;
    if (variable !== undefined || secret.has(`headers.${name}`)) keys.push(content);
  }
  return { apiKey, headers, keys };
}

function environment(variable: string): string | undefined {
  return process.env[variable]?.trim() || undefined;
}

/** Keys travel in headers of HTTP. */
function canBeSent(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

function missingKey(config: RemoteModelConfig, variable: string, field: string): ModelCallError {
  const hint = `Set ${variable} in the environment of the process that the agent runs in, or name another variable: "env:NAME" as ${field}`;
  return noKey(config, "there is no key", hint);
}

function unsendable(config: RemoteModelConfig, where: string): ModelCallError {
  const hint = `Correct ${where} on the machine that the agent runs on: it has a line break or another character that no header can have`;
  return noKey(config, `what stands in ${where} can't be sent`, hint);
}

function noKey(config: RemoteModelConfig, what: string, hint: string): ModelCallError {
  const { config_name: configName, model_type: modelType } = config;
  const modelName = modelNameOf(config);
  return new ModelCallError(
    `${labelOf(config)}, model ${modelName} (config ${JSON.stringify(configName)}): ${what}. ${hint}`,
    { details: { configName, modelType, modelName, reason: "no-key", hint } },
  );
}
