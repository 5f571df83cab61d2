import type { Shell } from "../shell/shell.js";
import type { MemoryModel } from "./memoryModel.js";

const timeLimitMs = 60_000;

/** Gives the person all messages as a JSON file. @throws Error when they can't be had. */
export async function exportMemory(model: MemoryModel, { shell, name }: { shell: Shell; name: string }): Promise<void> {
  await model.wantAll({ signal: AbortSignal.timeout(timeLimitMs) });
  const messages = Array.from({ length: model.total ?? 0 }, (_, index) => model.message(index));
  const file = `${name.replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-|-$/g, "") || "agent"}-memory.json`;
  await shell.saveFile(file, `${JSON.stringify(messages, undefined, 2)}\n`);
}
