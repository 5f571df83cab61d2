import type { LanguageModelV3Message, LanguageModelV3Prompt } from "@ai-sdk/provider";
import { type Sentence, sentencesOf } from "./english.js";

/** What a conversation has to say, and what is asked of it. */
export interface ConversationText {
  /** The meaning of what is asked: the terms of the questions and requests of the last message, or all of its terms. */
  request: readonly string[];
  /** What an answer can be made of, in the order of the conversation. */
  candidates: readonly Candidate[];
  /** The questions and requests themselves: no answer, but what is to be filled in may stand there. */
  requests: readonly Candidate[];
}

export interface Candidate {
  sentence: Sentence;
  /** How much it counts, whatever is asked. */
  weight: number;
  /** An instruction: what it says is of no interest to anybody who does not ask for it. */
  isInstruction: boolean;
}

/** Only the end of a longer conversation is read, in characters. */
const longestConversation = 100_000;
/** What the tagger takes for one sentence but nobody would say in one breath is no answer, in characters. */
const longestSentence = 1000;

/** Instructions are seldom the answer; what the model itself said before is none. */
const weights = { system: 0.5, user: 1, tool: 1, assistant: 0.3 };
/** A statement that is to be answered is a poor answer to itself. */
const statementWeight = 0.4;
const requestWeight = 0.2;

export function conversationText(prompt: LanguageModelV3Prompt): ConversationText {
  const messages = recent(prompt.map((message) => ({ role: message.role, text: textOf(message) })));
  const asking = messages.findLastIndex(({ role }) => role === "user");
  const asked = messages[asking < 0 ? messages.length - 1 : asking];
  const ofAsked = asked === undefined ? [] : sentencesOf(asked.text);
  const requests = ofAsked.filter(({ isRequest }) => isRequest);
  const isStatement = requests.length === 0;
  const candidates = new Map<string, Candidate>();
  for (const message of messages) {
    for (const sentence of sentencesOf(message.text)) {
      const isAsked = message === asked;
      // What was asked before is no answer either.
      if ((message.role === "user" && sentence.isRequest) || sentence.text.length > longestSentence) continue;
      const weight = weights[message.role] * (isAsked && isStatement ? statementWeight : 1);
      const before = candidates.get(sentence.text);
      // What was said twice counts as what it was the least: the model repeats neither itself nor its instructions.
      candidates.set(sentence.text, {
        sentence,
        weight: Math.min(weight, before?.weight ?? 1),
        isInstruction: message.role === "system" || before?.isInstruction === true,
      });
    }
  }
  return {
    request: (isStatement ? ofAsked : requests).flatMap(({ terms }) => terms),
    candidates: [...candidates.values()],
    requests: requests.map((sentence) => ({ sentence, weight: requestWeight, isInstruction: false })),
  };
}

interface MessageText {
  role: keyof typeof weights;
  text: string;
}

function recent(messages: MessageText[]): MessageText[] {
  let left = longestConversation;
  return messages
    .toReversed()
    .map((message) => {
      const text = left > 0 ? message.text.slice(-left) : "";
      left -= message.text.length;
      return { ...message, text };
    })
    .reverse();
}

/** All that stands in a message as text, the results of tools too. */
export function textOf(message: LanguageModelV3Message): string {
  if (message.role === "system") return message.content;
  return message.content
    .map((part) => {
      if (part.type === "text") return part.text;
      if (part.type !== "tool-result") return "";
      const { output } = part;
      if (output.type === "text" || output.type === "error-text") return output.value;
      return output.type === "json" || output.type === "error-json" ? textsIn(output.value) : "";
    })
    .join("\n\n");
}

/** The texts in data, each a part of its own. */
function textsIn(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return "";
  return Object.values(value).map(textsIn).filter(Boolean).join("\n\n");
}
