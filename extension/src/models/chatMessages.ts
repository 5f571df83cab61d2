import type { EditorAnswerPart, EditorMessage } from "agentscope-distributed-daemon/protocol";
import {
  LanguageModelChatMessage,
  LanguageModelChatMessageRole,
  LanguageModelTextPart,
  LanguageModelToolCallPart,
  LanguageModelToolResultPart,
} from "vscode";

// Messages of the daemon's protocol, as VS Code's language models have them, and back.

export function chatMessage({ role, parts }: EditorMessage): LanguageModelChatMessage {
  const isAssistant = role === "assistant";
  const content = parts.map((part) => {
    switch (part.type) {
      case "text":
        return new LanguageModelTextPart(part.text);
      case "toolCall":
        return new LanguageModelToolCallPart(part.toolCallId, part.name, part.input);
      case "toolResult":
        return new LanguageModelToolResultPart(part.toolCallId, [new LanguageModelTextPart(part.text)]);
    }
  });
  return new LanguageModelChatMessage(
    isAssistant ? LanguageModelChatMessageRole.Assistant : LanguageModelChatMessageRole.User,
    content,
  );
}

/** Undefined for what agents have no use for, such as the model's own data. */
export function answerPart(part: unknown): EditorAnswerPart | undefined {
  if (part instanceof LanguageModelTextPart) return { type: "text", text: part.value };
  if (!(part instanceof LanguageModelToolCallPart)) return undefined;
  const { callId, name, input } = part;
  return { type: "toolCall", toolCallId: callId, name, input };
}
