import type { AgentBrief, AllocationItem, PersonQuestion, RunAnnouncement } from "agentscope-distributed/studio";
import { z } from "zod";
import { invalid } from "../wire/greeting.js";
import type { ToldEnd } from "./run.js";

// The forms of what scripts say. Texts are bounded: they are shown and kept.

const text = z.string().max(10_000);
const id = z.string().min(1).max(1000);

export const runAnnouncement = z.object({
  // It names a folder.
  runId: z.string().regex(/^\w[\w.-]{0,99}$/, "must be letters, digits, dots, dashes and underscores, and no path"),
  instance: id,
  project: text.optional(),
  name: text.optional(),
  script: text,
  args: z.array(z.string()).max(10_000),
  cwd: text,
  pid: z.int().nonnegative(),
  machine: text.optional(),
  startedAtMs: z.number(),
  target: text,
  version: text,
}) satisfies z.ZodType<RunAnnouncement>;

export const toldEnd = z.object({ failed: z.boolean(), error: text.optional() }) satisfies z.ZodType<ToldEnd>;

export const personQuestion = z.object({
  questionId: id,
  agent: text,
  server: text,
  prompt: z.string().max(100_000),
  multiline: z.boolean().optional(),
}) satisfies z.ZodType<PersonQuestion>;

export const allocationItems = z.object({
  items: z
    .array(z.object({ className: id, builtIn: z.boolean(), module: text.optional(), server: id.optional() }))
    .max(100_000),
}) satisfies z.ZodType<{ items: AllocationItem[] }>;

export const agentChanges = z.object({
  all: z.boolean().optional(),
  made: z.array(z.tuple([id, z.string(), z.string(), z.string()]) satisfies z.ZodType<AgentBrief>),
  deleted: z.array(z.string()),
});

/** @throws StudioError that names the field that is wrong. */
export function checked<Value>(form: z.ZodType<Value>, told: unknown): Value {
  const result = form.safeParse(told);
  if (!result.success) throw invalid(result.error);
  return result.data;
}
