import { createRequire } from "node:module";
import type * as Zod from "zod";

// The one source of what a model config is: the types of the code, the checks and schema/model-configs.schema.json.

/** zod takes a while to load: only programs that have model configs do, and `init`, which reads them, can't wait. */
function loadZod(): typeof Zod {
  return createRequire(import.meta.url)("zod") as typeof Zod;
}

/** The schema of one config. */
function schemaOf(z: typeof Zod) {
  const everyModel = {
    config_name: z.string().min(1).describe("What agents call the model: their modelConfigName."),
  };
  const remoteModel = {
    model_name: z.string().min(1).optional().describe("The provider's name for the model. Default: config_name."),
    headers: z
      .record(z.string(), z.string())
      .optional()
      .describe("Sent with each request. A value env:NAME is read from the environment of the agent's machine."),
    generate_args: z
      .strictObject({
        temperature: z.number().min(0).max(2).optional().describe("0 for the likeliest words only, 2 for any."),
        max_tokens: z.int().min(1).optional().describe("The longest answer, in tokens."),
        top_p: z.number().min(0).max(1).optional(),
        top_k: z.int().min(1).optional(),
        presence_penalty: z.number().min(-2).max(2).optional(),
        frequency_penalty: z.number().min(-2).max(2).optional(),
        stop: z
          .union([z.string(), z.array(z.string())])
          .optional()
          .describe("The answer ends before any of these."),
        seed: z.int().optional().describe("The same for the same answer, as far as the provider can."),
      })
      .optional()
      .describe("How answers are made. What is not set is the provider's default."),
    provider_options: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("What only this provider knows, by its names in the provider's page of the AI SDK."),
    stream: z.boolean().optional().describe("Ask for the answer piece by piece. Default true."),
    timeout: z
      .number()
      .positive()
      .optional()
      .describe("How long a call may take, its retries included, in seconds. Default 240."),
    max_retries: z
      .int()
      .min(0)
      .max(10)
      .optional()
      .describe("How often a call is tried again when the provider is busy, fails or can't be reached. Default 3."),
  };
  const apiKey = z
    .string()
    .regex(/^(env:[A-Za-z_]\w*|(?!env:)[^]+)$/, "must be env:NAME, with the name of an environment variable, or a key")
    .describe("env:NAME for the environment variable NAME of the agent's machine, or the key itself (it stays here).");
  const baseUrl = z
    .string()
    .regex(/^https?:\/\/[^/\s@?#]+(\/[^\s?#]*)?$/, "must be an http(s) address, without user, password and query")
    .describe("Where the API is, up to its version: https://example.com/v1");
  const structuredOutput = z
    .enum(["json_schema", "json_object", "prompt"])
    .optional()
    .describe(
      "How values of a schema are asked for: json_schema (the server keeps to the schema), json_object (it answers in JSON), prompt " +
        "(the question alone says so; works everywhere).",
    );
  const keyed = { ...remoteModel, api_key: apiKey.optional(), base_url: baseUrl.optional() };
  const model = <Type extends string, Fields extends Zod.core.$ZodLooseShape>(type: Type, fields: Fields) =>
    z.strictObject({ ...everyModel, model_type: z.literal(type), ...fields });
  return z.discriminatedUnion("model_type", [
    model("openai_chat", { ...keyed, organization: z.string().min(1).optional() }),
    model("anthropic_chat", keyed),
    model("gemini_chat", keyed),
    model("dashscope_chat", { ...keyed, structured_output: structuredOutput }),
    model("deepseek_chat", { ...keyed, structured_output: structuredOutput }),
    model("ollama_chat", { ...keyed, structured_output: structuredOutput }),
    model("post_api_chat", { ...keyed, base_url: baseUrl, structured_output: structuredOutput }),
    model("vscode_lm", {
      model_name: z
        .string()
        .min(1)
        .optional()
        .describe("An id, a family or a name of a language model that VS Code has. Default: any."),
      vendor: z
        .string()
        .min(1)
        .optional()
        .describe("Of several models of this name that of this vendor, such as copilot."),
      provider_options: remoteModel.provider_options,
      timeout: remoteModel.timeout,
      max_retries: remoteModel.max_retries,
    }),
    model("embedded_chat", {
      model_name: z.string().min(1).optional(),
      max_sentences: z.int().min(1).max(50).optional().describe("The longest answer, in sentences. Default 3."),
    }),
  ]);
}

/** A model, as agents use it by name. */
export type ModelConfig = Zod.infer<ReturnType<typeof schemaOf>>;
/** One that is asked over the network. */
export type RemoteModelConfig = Exclude<ModelConfig, EmbeddedModelConfig | EditorModelConfig>;
export type EmbeddedModelConfig = Extract<ModelConfig, { model_type: "embedded_chat" }>;
/** One of the person's editor. */
export type EditorModelConfig = Extract<ModelConfig, { model_type: "vscode_lm" }>;
export type ModelType = ModelConfig["model_type"];

/** Whether it is asked over the network, with a key of this machine. */
export function isRemoteModel(config: ModelConfig): config is RemoteModelConfig {
  return config.model_type !== "embedded_chat" && config.model_type !== "vscode_lm";
}

/** What is wrong with a config: where in it, and what is allowed there. */
export interface ConfigProblem {
  path: readonly PropertyKey[];
  message: string;
}

let schema: ReturnType<typeof schemaOf> | undefined;

/** The config, or what is wrong with it; no message has a value of the config in it. */
export function parseModelConfig(value: unknown): { config: ModelConfig } | { problems: ConfigProblem[] } {
  schema ??= schemaOf(loadZod());
  const { success, data, error } = schema.safeParse(value);
  return success ? { config: data } : { problems: error.issues.flatMap(problemsOf) };
}

function problemsOf(issue: Zod.core.$ZodIssue): ConfigProblem[] {
  const { path } = issue;
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({ path: [...path, key], message: unknownField }));
    case "invalid_type":
      return [
        { path, message: issue.message.endsWith("undefined") ? "is missing" : `must be ${kindOf(issue.expected)}` },
      ];
    case "invalid_union":
      return [{ path, message: "has the wrong form" }];
    default:
      return [{ path, message: issue.message }];
  }
}

/** What must stand in a field, as people call it. */
function kindOf(expected: string): string {
  const names: Record<string, string> = {
    string: "text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    array: "a list",
    object: "an object",
    record: "an object",
  };
  return names[expected] ?? expected;
}

export const unknownField = "is no field of this kind of model";

/** The fields that configs of a type may have. */
export function fieldsOf(modelType: string): string[] {
  schema ??= schemaOf(loadZod());
  return Object.keys(schema.options.find(({ shape }) => shape.model_type.value === modelType)?.shape ?? {});
}

export function modelTypes(): string[] {
  schema ??= schemaOf(loadZod());
  return schema.options.map(({ shape }) => shape.model_type.value);
}

/** The JSON Schema of a file of model configs. */
export function modelConfigsJsonSchema(): object {
  const z = loadZod();
  schema ??= schemaOf(z);
  const one = schema.meta({ id: "model" });
  const file = z.union([z.array(one), one]).meta({ title: "Model configs of AgentScope Distributed" });
  return z.toJSONSchema(file, { target: "draft-7", io: "input" });
}
