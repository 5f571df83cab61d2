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
  const apiKey = variables.map(environment).find((value) => value !== undefined);
  if (apiKey === undefined && variables[0] !== undefined) throw missingKey(config, variables[0], "api_key");
  const keys = apiKey === undefined ? [] : [apiKey];
  const secret = new Set(keysInside(config));
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(config.headers ?? {})) {
    const variable = variableOf(value);
    const content = variable === undefined ? value : environment(variable);
    if (content === undefined) throw missingKey(config, variable as string, `headers.${name}`);
    headers[name] = content;
    if (variable !== undefined || secret.has(`headers.${name}`)) keys.push(content);
  }
  return { apiKey, headers, keys };
}

function environment(variable: string): string | undefined {
  return process.env[variable]?.trim() || undefined;
}

function missingKey(config: RemoteModelConfig, variable: string, field: string): ModelCallError {
  const { config_name: configName, model_type: modelType } = config;
  const modelName = modelNameOf(config);
  const hint = `Set ${variable} in the environment of the process that the agent runs in, or name another variable: "env:NAME" as ${field}`;
  return new ModelCallError(
    `${labelOf(config)}, model ${modelName} (config ${JSON.stringify(configName)}): there is no key. ${hint}`,
    { details: { configName, modelType, modelName, reason: "no-key", hint } },
  );
}
