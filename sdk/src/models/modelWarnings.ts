import type { SharedV3Warning } from "@ai-sdk/provider";
import { settings } from "../orchestration/settings.js";
import type { ModelConfig } from "./modelConfigSchema.js";

const said = new Set<string>();
/** What is said once is not remembered without end. */
const mostRemembered = 1000;

/** What a provider leaves out of a request, said once for each config. */
export function reportWarnings({ config_name: name }: ModelConfig, warnings: readonly SharedV3Warning[]): void {
  for (const warning of warnings) {
    const what = "feature" in warning ? `${warning.type}: ${warning.feature}` : warning.message;
    const details = "details" in warning && warning.details !== undefined ? `, ${warning.details}` : "";
    const line = `model config ${JSON.stringify(name)}: ${what}${details}`;
    if (said.has(line) || said.size >= mostRemembered) continue;
    said.add(line);
    settings.logger.warn(line);
  }
}
