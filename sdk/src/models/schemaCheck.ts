import { Validator } from "@cfworker/json-schema";
import { asSchema, jsonSchema, type Schema } from "ai";
import { asError, InvalidArgumentError } from "../errors.js";
import { isZodSchema, type JsonSchema, type ValueSchema } from "./valueSchema.js";

/**
 * The schema of a model's answer, as the AI SDK takes it.
 *
 * @throws InvalidArgumentError when it is not that of an object.
 */
export async function answerSchema(schema: ValueSchema): Promise<Schema> {
  const own = isZodSchema(schema) ? asSchema<unknown>(schema) : checkedSchema(schema);
  const { type, anyOf, oneOf, allOf, $ref } = (await own.jsonSchema) as JsonSchema;
  const isObject = type === "object" || (type === undefined && [anyOf, oneOf, allOf, $ref].some(Boolean));
  if (isObject) return own;
  throw new InvalidArgumentError("the schema of a model's answer must be that of an object");
}

/** The schema of a tool's arguments. */
export function toolSchema(schema: ValueSchema): Schema {
  return isZodSchema(schema) ? asSchema<unknown>(schema) : checkedSchema(schema);
}

/** Keywords that only say that something inside them is wrong. */
const outer = new Set(["properties", "items", "prefixItems", "additionalProperties", "$ref", "allOf"]);

/** For the AI SDK a JSON Schema alone checks nothing. The validator interprets schemas: none becomes code. */
function checkedSchema(schema: JsonSchema): Schema {
  const validator = new Validator({ ...schema }, "2020-12", false);
  const check = (value: unknown) => {
    const { valid, errors } = validator.validate(value);
    if (valid) return { success: true as const, value };
    const leaves = errors.filter(({ keyword }) => !outer.has(keyword));
    const texts = leaves.map(
      ({ instanceLocation, error }) => `${placeOf(instanceLocation)}${error.replace(/\.$/, "")}`,
    );
    return { success: false as const, error: new Error([...new Set(texts)].join("; ")) };
  };
  return jsonSchema(
    { ...schema },
    {
      validate: (value) => {
        try {
          return check(value);
        } catch (thrown) {
          return { success: false, error: new Error(`the schema can't be used: ${asError(thrown).message}`) };
        }
      },
    },
  );
}

/** `#/items/0/name` as `items.0.name: `. */
function placeOf(pointer: string): string {
  const names = pointer.split("/").slice(1);
  return names.length === 0 ? "" : `${names.join(".")}: `;
}
