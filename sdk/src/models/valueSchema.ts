import type { ZodType } from "zod";

/** A JSON Schema (2020-12 or draft 7) as plain data. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** What a value must be: a schema of zod (4), or a JSON Schema. Only a JSON Schema can travel in an agent's config. */
export type ValueSchema = ZodType | JsonSchema;

/** Whether it is a schema of zod, not one as data. */
export function isZodSchema(schema: ValueSchema): schema is ZodType {
  return "~standard" in schema;
}
