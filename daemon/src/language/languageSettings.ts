import { z } from "zod";

/** What a client lets the person choose; sent with `initialize` and `workspace/didChangeConfiguration`. */
const form = z.object({
  /** Whether what became of calls stands behind them. */
  inlayHints: z.boolean().default(true),
  /** Paths of files of model configs, whatever they are called. */
  modelConfigs: z.array(z.string().max(4096)).max(1000).default([]),
});

export type LanguageSettings = z.infer<typeof form>;

/** Defaults take the place of what is not understood. */
export function languageSettings(sent: unknown): LanguageSettings {
  const { agentscope } = (sent ?? {}) as { agentscope?: unknown };
  const read = form.safeParse(agentscope ?? {});
  return read.success ? read.data : form.parse({});
}
