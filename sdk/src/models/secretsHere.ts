import { settings } from "../orchestration/settings.js";
import { isRemoteModel, type ModelConfig } from "./modelConfigSchema.js";
import { keyVariablesOf } from "./providers.js";
import { masked, variableOf } from "./secrets.js";

/** Text for a log or a trace, without the keys that models of this thread can use. */
export function maskedHere(text: string): string {
  return masked(text, settings.modelConfigs.flatMap(keysOf));
}

function keysOf(config: ModelConfig): string[] {
  if (!isRemoteModel(config)) return [];
  const headers = Object.values(config.headers ?? {}).map(variableOf);
  return [...keyVariablesOf(config), ...headers].flatMap((variable) => {
    const key = variable === undefined ? undefined : process.env[variable]?.trim();
    return key === undefined || key === "" ? [] : [key];
  });
}
