import { z } from "zod";
import type { Topic } from "../protocol/index.js";
import { id, page } from "./forms.js";

/** What can be watched. */
export const topic = z.discriminatedUnion("topic", [
  z.object({ topic: z.literal("tree") }),
  z.object({ topic: z.literal("agents"), serverId: id, ...page, filter: z.string().max(1000).optional() }),
  z.object({
    topic: z.literal("resources"),
    serverIds: z.array(id).max(10_000).optional(),
    sinceMs: z.number().optional(),
  }),
  z.object({ topic: z.literal("memory"), serverId: id, agentId: id }),
  z.object({ topic: z.literal("run"), runId: id }),
  z.object({ topic: z.literal("log"), source: z.string().max(1000).optional() }),
]) satisfies z.ZodType<Topic>;
