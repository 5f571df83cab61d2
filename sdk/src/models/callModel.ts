import { retryWithExponentialBackoff } from "@ai-sdk/provider-utils";
import { CallLimit } from "./callLimit.js";
import { callOptions } from "./callOptions.js";
import type { AssistantMessage, ChatRequest, ChatResult } from "./chatModel.js";
import type { ModelConfig } from "./modelConfigSchema.js";
import { isWorthRetrying, modelFailure, retryDelayMs } from "./modelFailure.js";
import { reportWarnings } from "./modelWarnings.js";
import { openModel } from "./openModel.js";
import { type AnswerListener, requestAnswer } from "./requestAnswer.js";

/** One call of a model. */
export interface ModelCall {
  config: ModelConfig;
  request: ChatRequest;
  /** Takes the text as it comes. With it, nothing is tried again once there was some. */
  onText: ((piece: string) => void) | undefined;
}

const defaultTimeoutSeconds = 240;
const defaultMaxRetries = 3;
const firstRetryDelayMs = 1000;

/**
 * Calls a model, again where that may help, within the time of its config.
 *
 * @throws ModelCallError when there is no answer; the reason of `abortSignal` when that ended the call.
 */
export async function callModel({ config, request, onText }: ModelCall): Promise<ChatResult> {
  const { timeoutSeconds, maxRetries } = limitsOf(config);
  const limit = new CallLimit(timeoutSeconds * 1000, request.abortSignal);
  let keys: readonly string[] = [];
  let tries = 0;
  let gaveText = false;
  const retry = retryWithExponentialBackoff({
    maxRetries,
    initialDelayInMs: firstRetryDelayMs,
    abortSignal: limit.signal,
    shouldRetry: (thrown) => !gaveText && isWorthRetrying(thrown) && (retryDelayMs(thrown) ?? 0) < limit.remainingMs,
    // Many agents that are told to come back later do not come back all at once.
    getDelayInMs: ({ error, exponentialBackoffDelay }) =>
      retryDelayMs(error) ?? exponentialBackoffDelay * (0.75 + Math.random() / 2),
    createRetryError: ({ errors }) => errors.at(-1),
  });
  try {
    const open = await openModel(config);
    keys = open.keys;
    const { model } = open;
    const options = await callOptions(config, { model, request }, limit.signal);
    const listener: AnswerListener = {
      onWarnings: (warnings) => reportWarnings(config, warnings),
      onText: (piece) => {
        gaveText ||= onText !== undefined;
        onText?.(piece);
      },
    };
    const { parts, ...answer } = await retry(() => {
      tries++;
      return requestAnswer(model, options, listener);
    });
    const message: AssistantMessage = { role: "assistant", content: answer.text };
    if (answer.toolCalls.length > 0) message.toolCalls = answer.toolCalls;
    if (parts !== undefined) message.providerContent = { modelType: config.model_type, parts };
    return { ...answer, message };
  } catch (thrown) {
    const timedOut = limit.isOver ? timeoutSeconds : undefined;
    throw limit.abortReason() ?? modelFailure(thrown, { config, keys, tries, timedOut });
  } finally {
    limit.settle();
  }
}

function limitsOf(config: ModelConfig): { timeoutSeconds: number; maxRetries: number } {
  if (config.model_type === "embedded_chat") return { timeoutSeconds: defaultTimeoutSeconds, maxRetries: 0 };
  const { timeout = defaultTimeoutSeconds, max_retries: retries = defaultMaxRetries } = config;
  return { timeoutSeconds: timeout, maxRetries: retries };
}
