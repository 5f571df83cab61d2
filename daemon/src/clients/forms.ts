import { z } from "zod";

// Forms of parameters that several requests share.

/** Nothing. Keys that an older daemon does not know are ignored everywhere. */
export const none = z.object({}) as z.ZodType<Record<string, never>>;
export const id = z.string().min(1).max(1000);
export const count = z.int().nonnegative();
/** The most rows of a page. */
export const pageLimit = 500;
export const page = { offset: count, limit: z.int().positive().max(pageLimit) };
export const hostName = z.string().min(1).max(255);
export const portNumber = z.int().min(1).max(65_535);
export const path = z.string().min(1).max(4096);
