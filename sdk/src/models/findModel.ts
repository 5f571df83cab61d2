import type { ChatModel } from "./chatModel.js";

/**
 * The model of a config.
 *
 * @param configName default: the config that is named `default`, or the only one; without any, the embedded model.
 * @throws InvalidArgumentError naming the configs there are, when there is no such one, or several and none was chosen.
 */
export function findModel(configName?: string): ChatModel {
  throw new Error(`not there yet: ${configName}`);
}
