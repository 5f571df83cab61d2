import { type ChatModel, findModel, type JsonSchema } from "agentscope-distributed";
import type { Source } from "../evidence/evidence.js";
import type { Quotation } from "../evidence/quotation.js";

/** The words that a model adds to what was found. It decides nothing: what is quoted does not depend on it. */
export interface ModelWords {
  /** What the evidence speaks of, in the words of the critic's model. */
  readonly subjects: readonly string[];
  /** The answer in short, in the words of the editor's model. */
  readonly summary: string;
  readonly model: Pick<ChatModel, "modelType" | "modelName">;
}

const SUMMARY_PROMPT =
  "You are the editor of a research desk. Answer the question in two or three sentences, from the quotations alone, each " +
  "with the number of the quotation that says so, as in [2]. If they don't answer it, say that.";
const SUBJECTS_PROMPT =
  "You are the critic of a research desk. Name the subjects that the passages speak of, as far as the question is about them.";

const MAX_PASSAGES = 8;
const subjectsSchema: JsonSchema = {
  type: "object",
  properties: {
    subjects: {
      type: "array",
      items: { type: "string", maxLength: 40 },
      maxItems: 4,
      description: "What the passages speak of, in a few words each.",
    },
  },
  required: ["subjects"],
  additionalProperties: false,
};

/** Loads the embedded model before it is needed; others live elsewhere. */
export async function warmUp(configName: string | undefined): Promise<void> {
  const model = findModel(configName);
  if (isEmbedded(model)) await model.generate({ messages: [{ role: "user", content: "Ready?" }] });
}

/** Whether the model says the same whenever it is asked the same. */
export function isEmbedded({ modelType }: Pick<ChatModel, "modelType">): boolean {
  return modelType === "embedded_chat";
}

export async function nameSubjects(
  configName: string | undefined,
  question: string,
  sources: readonly Source[],
): Promise<string[]> {
  if (sources.length === 0) return [];
  const passages = sources
    .slice(0, MAX_PASSAGES)
    .map(({ passage }) => passage.pieces.flatMap(({ kind, text }) => (kind === "sentence" ? [text] : [])).join(" "));
  const { object } = await findModel(configName).generate({
    messages: [
      { role: "system", content: SUBJECTS_PROMPT },
      { role: "user", content: [...passages, question].join("\n\n") },
    ],
    schema: subjectsSchema,
  });
  return (object as { subjects: string[] }).subjects;
}

export async function summarize(
  configName: string | undefined,
  question: string,
  quotations: readonly Quotation[],
): Promise<Pick<ModelWords, "summary" | "model">> {
  const model = findModel(configName);
  const { modelType, modelName } = model;
  const numbered = quotations.map(({ text }, index) => `[${index + 1}] ${text}`);
  const { text } = await model.generate({
    messages: [
      { role: "system", content: SUMMARY_PROMPT },
      { role: "user", content: [...numbered, question].join("\n\n") },
    ],
  });
  return { summary: text.trim(), model: { modelType, modelName } };
}
