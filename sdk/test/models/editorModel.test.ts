import type { LanguageModelV3CallOptions } from "@ai-sdk/provider";
import { describe, expect, test } from "vitest";
import { ModelCallError } from "../../src/errors.js";
import { ConfiguredModel } from "../../src/models/configuredModel.js";
import { editorRequest } from "../../src/models/editor/editorRequest.js";

const tool = (name: string) => ({
  type: "function" as const,
  name,
  description: name,
  inputSchema: { type: "object" as const },
});
const said = { role: "user" as const, content: [{ type: "text" as const, text: "hello" }] };
const requestOf = (options: Partial<LanguageModelV3CallOptions>) =>
  editorRequest({ prompt: [said], ...options }, "vscode_lm");

describe("what a model of an editor is asked", () => {
  test("has system messages as the user's, and tool calls with what came of them", () => {
    const { messages } = requestOf({
      prompt: [
        { role: "system", content: "Be short." },
        said,
        { role: "assistant", content: [{ type: "tool-call", toolCallId: "1", toolName: "add", input: { amount: 2 } }] },
        {
          role: "tool",
          content: [
            { type: "tool-result", toolCallId: "1", toolName: "add", output: { type: "json", value: { sum: 2 } } },
            { type: "tool-result", toolCallId: "2", toolName: "add", output: { type: "error-text", value: "no" } },
          ],
        },
      ],
    });
    expect(messages).toEqual([
      { role: "user", parts: [{ type: "text", text: "Be short." }] },
      { role: "user", parts: [{ type: "text", text: "hello" }] },
      { role: "assistant", parts: [{ type: "toolCall", toolCallId: "1", name: "add", input: { amount: 2 } }] },
      {
        role: "user",
        parts: [
          { type: "toolResult", toolCallId: "1", text: '{"sum":2}' },
          { type: "toolResult", toolCallId: "2", text: "Error: no" },
        ],
      },
    ]);
  });

  test("offers the tools that may be called, and says whether one must be", () => {
    const tools = [tool("a"), tool("b")];
    expect(requestOf({ tools }).tools).toHaveLength(2);
    expect(requestOf({ tools, toolChoice: { type: "auto" } }).toolRequired).toBe(false);
    expect(requestOf({ tools, toolChoice: { type: "required" } }).toolRequired).toBe(true);
    expect(requestOf({ tools, toolChoice: { type: "tool", toolName: "b" } })).toMatchObject({
      tools: [{ name: "b" }],
      toolRequired: true,
    });
    expect(requestOf({ tools, toolChoice: { type: "none" } }).tools).toBeUndefined();
  });

  test("passes on what only the model's provider knows", () => {
    expect(requestOf({ providerOptions: { vscode_lm: { effort: "low" }, other: { x: 1 } } }).options).toEqual({
      effort: "low",
    });
  });

  test("is refused with a file in it", () => {
    const file = { type: "file" as const, data: new Uint8Array(), mediaType: "image/png" };
    expect(() => requestOf({ prompt: [{ role: "user", content: [file] }] })).toThrow("no images or other files");
  });
});

test("where no daemon is, a call fails at once, and says what to do", async () => {
  const model = new ConfiguredModel({ config_name: "mine", model_type: "vscode_lm" });
  expect(model.modelName).toBe("any");
  const error = await model
    .generate({ messages: [{ role: "user", content: "hello" }] })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ModelCallError);
  expect((error as ModelCallError).details).toMatchObject({ reason: "unreachable", modelType: "vscode_lm" });
  expect((error as ModelCallError).message).toMatch(
    /^VS Code, model any \(config "mine"\): models of an editor are reached through the daemon, and there is none .* as-studio\.$/,
  );
});
