import { expect, it } from "vitest";
import { z } from "zod";
import { portableSchema } from "../../src/agents/portableSchema.js";

it("a schema of zod becomes what it says in JSON Schema", () => {
  const schema = z.object({ name: z.string().describe("of the town"), size: z.number().min(0).default(1) });
  expect(portableSchema(schema, "x")).toMatchObject({
    type: "object",
    properties: {
      name: { type: "string", description: "of the town" },
      size: { type: "number", minimum: 0, default: 1 },
    },
    required: ["name"],
  });
});

it("a JSON Schema stays as it is", () => {
  const schema = { type: "object", properties: {} };
  expect(portableSchema(schema, "x")).toBe(schema);
});

it("what JSON Schema can't say is refused, with what it is of", () => {
  expect(() => portableSchema(z.object({ when: z.date() }), "the answer of A")).toThrow(/the answer of A.*Date/s);
  expect(() => portableSchema({ "~standard": { vendor: "old" } }, "x")).toThrow(/zod 4\.2 or newer/);
  expect(() => portableSchema(undefined as never, "agent A")).toThrow(/agent A has no schema/);
});
