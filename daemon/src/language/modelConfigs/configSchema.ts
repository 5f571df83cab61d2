import { createRequire } from "node:module";
import type { JSONSchema } from "vscode-json-languageservice";

/** The SDK's schema of a file of model configs: one, or a list; a config is one of several kinds. */
interface PublishedSchema {
  title: string;
  definitions: { model: { oneOf: KindSchema[] } };
}

interface KindSchema extends JSONSchema {
  properties: Record<string, JSONSchema> & { model_type: { const: string } };
  required: string[];
}

const common = ["config_name", "model_type"];

/**
 * The same rules in the form for editors: what is said of a config depends on its `model_type` alone, so a wrong field is told of by
 * its name, and not that the config is none of eight kinds.
 */
export function editorSchema(): JSONSchema {
  const { title, definitions } = createRequire(import.meta.url)(
    "agentscope-distributed/model-configs.schema.json",
  ) as PublishedSchema;
  const kinds = definitions.model.oneOf;
  const types = kinds.map(({ properties }) => properties.model_type.const);
  const model: JSONSchema = {
    type: "object",
    required: common,
    properties: {
      config_name: kinds[0]?.properties["config_name"] ?? {},
      model_type: {
        type: "string",
        enum: types,
        description: "Whose model it is, and so how it is called and which fields there are.",
        errorMessage: `model_type must be one of ${types.join(", ")}`,
      },
    },
    defaultSnippets: [
      {
        label: "a model config",
        body: { config_name: "${1:my-model}", model_type: `\${2|${types.join(",")}|}` },
      },
    ],
    allOf: kinds.map((kind) => ({
      if: { properties: { model_type: { const: kind.properties.model_type.const } }, required: ["model_type"] },
      then: { ...kind, required: kind.required.filter((name) => !common.includes(name)) },
    })),
  };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title,
    type: ["array", "object"],
    items: { $ref: "#/definitions/model" },
    if: { type: "object" },
    then: { $ref: "#/definitions/model" },
    definitions: { model },
  };
}
