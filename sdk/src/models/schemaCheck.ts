import { asSchema, jsonSchema, type Schema } from "ai";
import { fromJSONSchema, prettifyError, type ZodType } from "zod";
import { asError, InvalidArgumentError } from "../errors.js";
import { isZodSchema, type JsonSchema, type ValueSchema } from "./valueSchema.js";

/**
 * The schema of a model's answer, as the AI SDK takes it.
 *
 * @throws InvalidArgumentError when it is no object's schema, or can't be checked.
 */
export async function answerSchema(schema: ValueSchema): Promise<Schema> {
  const own = isZodSchema(schema) ? asSchema(schema) : checkedSchema(schema);
  const { type, anyOf, oneOf, allOf, $ref } = (await own.jsonSchema) as JsonSchema;
  if (type === "object" || (type === undefined && [anyOf, oneOf, allOf, $ref].some((part) => part !== undefined)))
    return own;
  throw new InvalidArgumentError("the schema of a model's answer must be that of an object");
}

/** The schema of a tool's arguments. One that can't be checked here (it is the tool's server that knows it) is passed on. */
export function toolSchema(schema: ValueSchema): Schema {
  if (isZodSchema(schema)) return asSchema(schema);
  try {
    return checkedSchema(schema);
  } catch {
    return jsonSchema({ ...schema });
  }
}

/** A JSON Schema alone checks nothing. */
function checkedSchema(schema: JsonSchema): Schema {
  const check = zodOf(schema);
  return jsonSchema(
    { ...schema },
    {
      validate: (value) => {
        const { success, data, error } = check.safeParse(value);
        return success ? { success, value: data } : { success, error: new Error(prettifyError(error)) };
      },
    },
  );
}

function zodOf(schema: JsonSchema): ZodType {
  try {
    return fromJSONSchema({ ...schema });
  } catch (thrown) {
    throw new InvalidArgumentError(`the JSON Schema can't be used: ${asError(thrown).message}`, { cause: thrown });
  }
}
