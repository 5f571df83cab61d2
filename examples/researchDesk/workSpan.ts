import { threadId } from "node:worker_threads";
import { Msg } from "agentscope-distributed";
import type { DeskContent, DeskMessage } from "./deskContent.js";

export type Step = "read" | "count" | "score" | "merge" | "write";

/** Who worked when. Each reply carries its own in its metadata. */
export interface WorkSpan {
  readonly agent: string;
  readonly step: Step;
  /** Wall-clock time in ms since 1970, with fractions: comparable between the processes of one machine. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly processId: number;
  readonly threadId: number;
}

/** Does an agent's work and puts it into a message that says how long it took. */
export async function timedReply(
  agent: string,
  step: Step,
  work: () => DeskContent | Promise<DeskContent>,
): Promise<DeskMessage> {
  const startedAt = wallClock();
  const content = await work();
  const span: WorkSpan = { agent, step, startedAt, endedAt: wallClock(), processId: process.pid, threadId };
  return new Msg({ name: agent, role: "assistant", content, metadata: span });
}

export function spanOf(message: Msg): WorkSpan {
  return message.metadata as WorkSpan;
}

export function wallClock(): number {
  return performance.timeOrigin + performance.now();
}
