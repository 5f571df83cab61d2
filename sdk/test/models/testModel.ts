import { expect } from "vitest";
import { ModelCallError } from "../../src/errors.js";
import type { ChatModel, ChatStream } from "../../src/models/chatModel.js";
import { findModel } from "../../src/models/findModel.js";
import { init } from "../../src/orchestration/init.js";

/** The variable that the config of `modelAt` names, and what the tests put into it. */
export const keyVariable = "TEST_MODEL_KEY";
export const key = "planted-key-0123456789";

export const messages = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "hello" },
] as const;

/** A model at that server, by a config with these fields. */
export function modelAt(server: { baseUrl: string }, fields: Record<string, unknown> = {}): ChatModel {
  init({
    modelConfigs: {
      config_name: "test",
      model_type: "post_api_chat",
      model_name: "m-1",
      base_url: server.baseUrl,
      api_key: `env:${keyVariable}`,
      ...fields,
    },
  });
  return findModel("test");
}

export async function piecesOf({ textStream }: Pick<ChatStream, "textStream">): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of textStream) pieces.push(piece);
  return pieces;
}

export async function failureOf(call: Promise<unknown>): Promise<ModelCallError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ModelCallError);
  return error as ModelCallError;
}
