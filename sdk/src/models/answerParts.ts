import type {
  LanguageModelV3Content,
  LanguageModelV3FinishReason,
  LanguageModelV3StreamPart,
  LanguageModelV3ToolCall,
  LanguageModelV3Usage,
  SharedV3ProviderMetadata,
} from "@ai-sdk/provider";

/** How an answer ended. */
export interface AnswerEnd {
  finishReason: LanguageModelV3FinishReason;
  usage: LanguageModelV3Usage;
}

/** A text or a piece of reasoning of an answer, as it goes back to the provider. */
interface TextPart {
  type: "text" | "reasoning";
  text: string;
  providerOptions?: SharedV3ProviderMetadata;
}

/** An answer as it comes together, from pieces or at once. */
export class AnswerParts {
  text = "";
  readonly toolCalls: LanguageModelV3ToolCall[] = [];
  end: AnswerEnd | undefined;
  private readonly parts: (TextPart | LanguageModelV3ToolCall)[] = [];
  private readonly open = new Map<string, TextPart>();

  constructor(private readonly onText: (piece: string) => void) {}

  /** @throws what the provider says went wrong. */
  add(part: LanguageModelV3StreamPart): void {
    switch (part.type) {
      case "text-start":
      case "reasoning-start":
      case "text-delta":
      case "reasoning-delta":
      case "text-end":
      case "reasoning-end":
        return this.addText(part);
      case "tool-call":
        return this.addContent(part);
      case "finish":
        this.end = part;
        return;
      case "error":
        throw part.error;
      default:
    }
  }

  /** A part that came as a whole. */
  addContent(part: LanguageModelV3Content): void {
    if (part.type === "tool-call") {
      this.toolCalls.push(part);
      this.parts.push(part);
    } else if (part.type === "text" || part.type === "reasoning") {
      const { type, text, providerMetadata } = part;
      this.parts.push({ type, text, ...(providerMetadata === undefined ? {} : { providerOptions: providerMetadata }) });
      if (type === "text") this.say(text);
    }
  }

  private addText(part: TextEvent): void {
    const type = part.type.startsWith("text") ? "text" : "reasoning";
    const key = `${type} ${part.id}`;
    let text = this.open.get(key);
    if (text === undefined) {
      text = { type, text: "" };
      this.open.set(key, text);
      this.parts.push(text);
    }
    if (part.providerMetadata !== undefined) text.providerOptions = part.providerMetadata;
    if ("delta" in part) {
      text.text += part.delta;
      if (type === "text") this.say(part.delta);
    }
    if (part.type.endsWith("-end")) this.open.delete(key);
  }

  private say(text: string): void {
    this.text += text;
    if (text !== "") this.onText(text);
  }

  /**
   * The answer's parts, where the provider wants more of them back with the results of its tool calls than text and calls:
   * what it thought, and its signatures.
   */
  toReturn(inputs: ReadonlyMap<string, unknown>): unknown {
    if (this.toolCalls.length === 0) return undefined;
    const isPlain = (part: TextPart | LanguageModelV3ToolCall) =>
      part.type === "text"
        ? part.providerOptions === undefined
        : part.type === "tool-call" && part.providerMetadata === undefined;
    if (this.parts.every(isPlain)) return undefined;
    return this.parts.map((part) => {
      if (part.type !== "tool-call") return part;
      const { type, toolCallId, toolName, providerMetadata } = part;
      const call = { type, toolCallId, toolName, input: inputs.get(toolCallId) ?? {} };
      return providerMetadata === undefined ? call : { ...call, providerOptions: providerMetadata };
    });
  }
}

type TextEvent = Extract<LanguageModelV3StreamPart, { type: `text-${string}` | `reasoning-${string}` }>;
