import type { JsonSchema } from "../valueSchema.js";

/** A part of a schema with what it refers to in its place; of alternatives the first that is not null. */
export function resolveSchema(part: JsonSchema, root: JsonSchema): JsonSchema {
  let schema = part;
  // Ends also where references go around.
  for (let step = 0; step < 20; step++) {
    const next = referred(schema, root) ?? alternative(schema);
    if (next === undefined) return schema;
    schema = next;
  }
  return {};
}

function referred({ $ref, ...others }: JsonSchema, root: JsonSchema): JsonSchema | undefined {
  if (typeof $ref !== "string" || !$ref.startsWith("#")) return undefined;
  let target: unknown = root;
  for (const name of $ref.split("/").slice(1)) {
    const key = decodeURIComponent(name).replaceAll("~1", "/").replaceAll("~0", "~");
    target =
      typeof target === "object" && target !== null && Object.hasOwn(target, key) ? Reflect.get(target, key) : {};
  }
  return { ...(target as JsonSchema), ...others };
}

function alternative({ anyOf, oneOf, allOf, ...others }: JsonSchema): JsonSchema | undefined {
  if (Array.isArray(allOf)) {
    const parts = allOf as JsonSchema[];
    const properties = Object.assign({}, others["properties"], ...parts.map((one) => one["properties"])) as object;
    const required = [others, ...parts].flatMap((one) => (one["required"] ?? []) as string[]);
    return Object.assign({}, others, ...parts, { properties, required }) as JsonSchema;
  }
  const alternatives = (anyOf ?? oneOf) as JsonSchema[] | undefined;
  if (!Array.isArray(alternatives)) return undefined;
  const isNull = (one: JsonSchema) => one["type"] === "null";
  const chosen = alternatives.find((one) => !isNull(one)) ?? {};
  const types =
    alternatives.some(isNull) && typeof chosen["type"] === "string" ? { type: [chosen["type"], "null"] } : {};
  return { ...others, ...chosen, ...types };
}

/** The type of values, `null` last; guessed where the schema does not say. */
export function typeOf(schema: JsonSchema): string {
  const { type, properties, items } = schema;
  const types = (Array.isArray(type) ? type : [type]).filter((one): one is string => typeof one === "string");
  const [first] = types.filter((one) => one !== "null");
  if (first !== undefined) return first;
  if (properties !== undefined) return "object";
  if (items !== undefined) return "array";
  return types[0] ?? "string";
}

export function isOneOf({ type }: JsonSchema, wanted: string): boolean {
  return type === wanted || (Array.isArray(type) && type.includes(wanted));
}

/** The values of an enumeration. */
export function choicesOf(schema: JsonSchema): readonly unknown[] | undefined {
  const { enum: choices } = schema;
  return Array.isArray(choices) && choices.length > 0 ? choices.filter((choice) => choice !== null) : undefined;
}

interface Bounds {
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}

const boundNames = ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"] as const;

/** How large a value may be; bounds that a value must not reach are moved by the least step of a whole number. */
export function bounds(schema: JsonSchema): Bounds {
  const found: Bounds = {};
  for (const name of boundNames) if (typeof schema[name] === "number") found[name] = schema[name];
  const { exclusiveMinimum: above, exclusiveMaximum: below } = schema;
  if (typeof above === "number") found.minimum = Math.max(found.minimum ?? above, above + exclusiveStep);
  if (typeof below === "number") found.maximum = Math.min(found.maximum ?? below, below - exclusiveStep);
  return found;
}

const exclusiveStep = 1e-9;
