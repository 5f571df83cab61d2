import { asError, InvalidArgumentError } from "../errors.js";
import type { JsonSchema, ValueSchema } from "../models/valueSchema.js";

/** What schema libraries say of themselves (https://standardschema.dev). */
interface StandardSchema {
  jsonSchema?: { input(options: { target: string }): Record<string, unknown> };
}

/**
 * A schema as data, which can travel to another process: a JSON Schema as it is, one of zod as what it says in JSON Schema.
 *
 * @param what the schema is of, for the error.
 * @throws InvalidArgumentError when JSON Schema can't say it (dates, transformations), or the library is too old to tell.
 */
export function portableSchema(schema: ValueSchema, what: string): JsonSchema {
  if (typeof schema !== "object" || schema === null) {
    throw new InvalidArgumentError(`${what} has no schema: give it a schema of zod, or a JSON Schema`);
  }
  if (!("~standard" in schema)) return schema;
  const { jsonSchema } = schema["~standard"] as StandardSchema;
  if (jsonSchema === undefined) {
    throw new InvalidArgumentError(
      `the schema of ${what} can't be turned into JSON Schema: use zod 4.2 or newer, or give the JSON Schema itself`,
    );
  }
  try {
    // A copy: zod marks what it made as a schema of its own, by a property that is not listed.
    return { ...jsonSchema.input({ target: "draft-2020-12" }) };
  } catch (thrown) {
    throw new InvalidArgumentError(
      `the schema of ${what} can't be turned into JSON Schema: ${asError(thrown).message}`,
      { cause: thrown },
    );
  }
}
