import type {
  EditorAnswerPart,
  EditorModelCall,
  EditorModelEnd,
  EditorModelParts,
} from "agentscope-distributed/studio";
import { z } from "zod";
import type { EditorModelRow } from "../protocol/index.js";
import { id } from "./forms.js";

// The forms of what is said of editors' models. No message has anything of a prompt in it.

const name = z.string().max(1000);

const answerPart = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({ type: z.literal("toolCall"), toolCallId: id, name, input: z.looseObject({}) }),
]) satisfies z.ZodType<EditorAnswerPart>;

const messagePart = z.discriminatedUnion("type", [
  ...answerPart.options,
  z.object({ type: z.literal("toolResult"), toolCallId: id, text: z.string() }),
]);

export const editorModelCall = z.object({
  callId: id,
  model: name.optional(),
  vendor: name.optional(),
  messages: z.array(z.object({ role: z.enum(["user", "assistant"]), parts: z.array(messagePart) })),
  tools: z.array(z.object({ name, description: z.string(), inputSchema: z.looseObject({}) })).optional(),
  toolRequired: z.boolean().optional(),
  options: z.record(z.string(), z.unknown()).optional(),
}) satisfies z.ZodType<EditorModelCall>;

export const editorModelPartsForm = z.object({
  callId: id,
  parts: z.array(answerPart),
}) satisfies z.ZodType<EditorModelParts>;

export const editorModelEnd = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("done") }),
  z.object({
    kind: z.literal("failed"),
    reason: z.enum(["noEditor", "noModel", "refused", "editorGone", "limit", "modelFailed"]),
    message: z.string(),
  }),
]) satisfies z.ZodType<EditorModelEnd>;

export const modelOffer = z.object({
  models: z
    .array(z.object({ id: name, vendor: name, family: name, name, maxInputTokens: z.number() }))
    .max(1000) satisfies z.ZodType<EditorModelRow[]>,
});
