import { z } from "zod";

// Forms of parameters that several requests share.

/** Nothing. Keys that an older daemon does not know are ignored everywhere. */
export const none = z.object({}) as z.ZodType<Record<string, never>>;
export const id = z.string().min(1).max(1000);
const count = z.int().nonnegative();
/** The most rows of a page. */
const pageLimit = 500;
export const page = { offset: count, limit: z.int().positive().max(pageLimit) };
