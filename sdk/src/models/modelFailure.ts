import {
  APICallError,
  InvalidPromptError,
  InvalidResponseDataError,
  JSONParseError,
  TypeValidationError,
  UnsupportedFunctionalityError,
} from "@ai-sdk/provider";
import { DownloadError } from "@ai-sdk/provider-utils";
import { AgentScopeError, asError, ModelCallError, type ModelFailure } from "../errors.js";
import { BrokenAnswer, NotInConversation, UnfitAnswer } from "./badAnswers.js";
import { EditorFailure } from "./editor/editorFailure.js";
import { isRemoteModel, type ModelConfig } from "./modelConfigSchema.js";
import { keyVariablesOf, labelOf, modelNameOf, providers } from "./providers.js";
import { masked } from "./secrets.js";

interface FailedCall {
  config: ModelConfig;
  /** What may stand in no message. */
  keys: readonly string[];
  tries: number;
  /** The seconds that it had, if they were over. */
  timedOut: number | undefined;
}

/** Longer texts of providers (whole HTML pages of proxies) are cut, in characters. */
const shownText = 500;
/** What a model said instead of a value goes back to it with what was wrong, up to this. */
const keptAnswer = 4000;

/** Whatever went wrong in a call, as what an agent's caller needs to know of it; errors of this package stay as they are. */
export function modelFailure(thrown: unknown, call: FailedCall): AgentScopeError {
  if (thrown instanceof AgentScopeError) return thrown;
  const { config, keys, tries, timedOut } = call;
  const { config_name: configName, model_type: modelType } = config;
  const modelName = modelNameOf(config);
  const shown = (text: string, limit = shownText) => cut(masked(text, keys), limit);
  const reason = timedOut === undefined ? reasonOf(thrown) : "timeout";
  const status = timedOut === undefined ? statusOf(thrown) : undefined;
  const what = timedOut === undefined ? shown(messageOf(thrown)) : `no answer within ${timedOut} s`;
  const hint = hintOf(reason, thrown, config);
  const where = `${labelOf(config)}, model ${modelName} (config ${JSON.stringify(configName)})`;
  const how = `${status === undefined ? "" : `, status ${status}`}${tries > 1 ? `, after ${tries} tries` : ""}`;
  const text = thrown instanceof UnfitAnswer ? thrown.text : undefined;
  const cause = new Error(what);
  cause.name = timedOut === undefined ? asError(thrown).name : "TimeoutError";
  return new ModelCallError(
    `${where}${how}: ${what}${/[.!?]$/.test(what) ? "" : "."}${hint === undefined ? "" : ` ${hint}`}`,
    {
      details: {
        configName,
        modelType,
        modelName,
        reason,
        status,
        hint,
        text: text === undefined ? undefined : shown(text, keptAnswer),
      },
      cause,
    },
  );
}

/** Whether the same call may succeed a little later. An answer that does not fit its schema is for the caller to complain about. */
export function isWorthRetrying(thrown: unknown): boolean {
  if (APICallError.isInstance(thrown)) return thrown.isRetryable && !hasNoQuota(thrown);
  if (thrown instanceof EditorFailure) return thrown.kind.passes;
  // What is no error of a library is what the provider says in the middle of an answer.
  return reasonOf(thrown) === "unreachable" || isUnreadable(thrown) || !(thrown instanceof Error);
}

/** How long the provider asks to wait, if it does. */
export function retryDelayMs(thrown: unknown): number | undefined {
  if (!APICallError.isInstance(thrown)) return undefined;
  const { "retry-after-ms": ms, "retry-after": after } = thrown.responseHeaders ?? {};
  const asked = ms === undefined ? secondsOrDate(after) : Number.parseFloat(ms);
  return asked === undefined || Number.isNaN(asked) ? undefined : Math.max(asked, 0);
}

function secondsOrDate(after: string | undefined): number | undefined {
  if (after === undefined) return undefined;
  const seconds = Number(after);
  return Number.isNaN(seconds) ? Date.parse(after) - Date.now() : seconds * 1000;
}

function reasonOf(thrown: unknown): ModelFailure {
  if (APICallError.isInstance(thrown)) return reasonOfStatus(thrown);
  if (thrown instanceof EditorFailure) return thrown.kind.reason;
  if (thrown instanceof UnfitAnswer || isUnreadable(thrown)) return "bad-answer";
  if (thrown instanceof BrokenAnswer || InvalidResponseDataError.isInstance(thrown) || isBrokenConnection(thrown)) {
    return "unreachable";
  }
  if (thrown instanceof NotInConversation) return "bad-request";
  const isOfRequest = [UnsupportedFunctionalityError, InvalidPromptError, DownloadError].some((one) =>
    one.isInstance(thrown),
  );
  if (isOfRequest) return "bad-request";
  return "provider-failed";
}

/** What `fetch` throws while an answer is read. */
function isBrokenConnection(thrown: unknown): boolean {
  return thrown instanceof TypeError && /terminated|fetch failed|network/i.test(thrown.message);
}

function isUnreadable(thrown: unknown): boolean {
  return JSONParseError.isInstance(thrown) || TypeValidationError.isInstance(thrown);
}

function reasonOfStatus(error: APICallError): ModelFailure {
  const { statusCode: status } = error;
  if (status === undefined || brokeOff(error)) return "unreachable";
  if (status === 401 || status === 403) return "refused";
  if (status === 404) return "not-found";
  if (status === 429) return "rate-limited";
  if (status >= 500 || status === 408 || status === 409) return "provider-failed";
  return status >= 400 ? "bad-request" : "bad-answer";
}

/** The provider said yes, and the connection broke later. */
function brokeOff({ statusCode = 0, isRetryable }: APICallError): boolean {
  return statusCode >= 200 && statusCode < 300 && isRetryable;
}

function statusOf(thrown: unknown): number | undefined {
  return APICallError.isInstance(thrown) && !brokeOff(thrown) ? thrown.statusCode : undefined;
}

/** Waiting does not help against an empty account. */
function hasNoQuota({ responseBody = "" }: APICallError): boolean {
  return /insufficient_quota|insufficient balance|billing/i.test(responseBody);
}

function hintOf(reason: ModelFailure, thrown: unknown, config: ModelConfig): string | undefined {
  if (thrown instanceof EditorFailure) return thrown.kind.hint === undefined ? undefined : `${thrown.kind.hint}.`;
  if (config.model_type === "embedded_chat") return undefined;
  switch (reason) {
    case "refused": {
      const [variable] = isRemoteModel(config) ? keyVariablesOf(config) : [];
      return `Check ${variable === undefined ? "api_key and headers" : `the key in ${variable}`} on the machine that the agent runs on.`;
    }
    case "not-found":
      return "Check model_name and base_url.";
    case "rate-limited": {
      const delayMs = retryDelayMs(thrown);
      if (delayMs !== undefined) return `The provider asks to wait ${Math.ceil(delayMs / 1000)} s.`;
      return "Call it less often, or check the account's limits.";
    }
    case "unreachable":
      return `${providers[config.model_type].unreachableHint}.`;
    case "timeout":
      return "Give the config a longer timeout, in seconds, or ask for less.";
    case "provider-failed":
      // An error that is neither the provider's nor of the way there is one of this machine.
      return thrown instanceof Error && !APICallError.isInstance(thrown)
        ? undefined
        : "The failure is on the provider's side: try again later.";
    case "no-key":
    case "bad-request":
    case "bad-answer":
      return undefined;
  }
}

/** What a provider or a library says: an error, or the error object of a broken stream. */
function messageOf(thrown: unknown): string {
  if (APICallError.isInstance(thrown) && brokeOff(thrown)) return "the answer broke off";
  if (thrown instanceof Error) {
    return thrown.cause instanceof Error && thrown instanceof TypeError
      ? `${thrown.message}: ${thrown.cause.message}`
      : thrown.message;
  }
  const { message } = (thrown ?? {}) as { message?: unknown };
  return typeof message === "string" ? message : asError(thrown).message;
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)} …`;
}
