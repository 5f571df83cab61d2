import { asSchema, jsonSchema, type Schema } from "@ai-sdk/provider-utils";
import { Validator } from "@cfworker/json-schema";
import { asError, InvalidArgumentError } from "../errors.js";
import { isZodSchema, type JsonSchema, type ValueSchema } from "./valueSchema.js";

/** A schema that a value of a model is checked against. */
export function checkedSchema(schema: ValueSchema): Schema {
  return isZodSchema(schema) ? asSchema<unknown>(schema) : checkedJsonSchema(schema);
}

/** @throws InvalidArgumentError when it is not an object's: what models can be asked for. */
export function requireObject({ type, anyOf, oneOf, allOf, $ref }: JsonSchema): void {
  if (type === "object" || (type === undefined && [anyOf, oneOf, allOf, $ref].some(Boolean))) return;
  throw new InvalidArgumentError("the schema of a model's answer must be that of an object");
}

/** Keywords that only say that something inside them is wrong. */
const outer = new Set(["properties", "items", "prefixItems", "additionalProperties", "$ref", "allOf"]);

/** For the AI SDK a JSON Schema alone checks nothing. The validator interprets schemas: none becomes code. */
function checkedJsonSchema(schema: JsonSchema): Schema {
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
