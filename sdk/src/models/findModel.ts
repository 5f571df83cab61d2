import { InvalidArgumentError } from "../errors.js";
import { settings } from "../orchestration/settings.js";
import type { ChatModel } from "./chatModel.js";
import { ConfiguredModel } from "./configuredModel.js";
import type { ModelConfig } from "./modelConfigSchema.js";

/** There without any config; a config of this name takes its place. */
const embedded: ModelConfig = { config_name: "embedded", model_type: "embedded_chat" };

/**
 * The model of a config of this process: those of `init`, or, on an agent server, those that it was given.
 *
 * @param configName default: the config that is named `default`, or the only one; without any, the embedded model.
 * @throws InvalidArgumentError naming the configs there are, when there is no such one, or several and none was chosen.
 */
export function findModel(configName?: string): ChatModel {
  return new ConfiguredModel(findModelConfig(configName));
}

/** The config that `findModel` takes. @throws as `findModel` */
export function findModelConfig(configName?: string): ModelConfig {
  const configs = settings.modelConfigs;
  const named = (name: string) => configs.find(({ config_name: each }) => each === name);
  if (configName !== undefined) {
    const found = named(configName) ?? (configName === embedded.config_name ? embedded : undefined);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(
      `there is no model config ${JSON.stringify(configName)} here; there are ${listOf([...configs, embedded])}. Give it to the ` +
        "process that the agent runs in: with init, as-server --model-config-path, or setModelConfigs",
    );
  }
  const found = named("default") ?? (configs.length > 1 ? undefined : (configs[0] ?? embedded));
  if (found !== undefined) return found;
  throw new InvalidArgumentError(
    `no model config is named, and there are several: ${listOf(configs)}. Give the agent a modelConfigName, or call one config "default"`,
  );
}

function listOf(configs: ModelConfig[]): string {
  return [...new Set(configs.map(({ config_name: name }) => JSON.stringify(name)))].join(", ");
}
