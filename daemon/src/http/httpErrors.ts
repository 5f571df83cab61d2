import { studioErrorCode } from "agentscope-distributed/studio";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { ErrorCodes } from "vscode-jsonrpc";
import { StudioError } from "../errors.js";
import type { LogBook } from "../log/logBook.js";
import type { HttpEnv } from "./httpEnv.js";

const statusOfCode: ReadonlyMap<number, ContentfulStatusCode> = new Map([
  [studioErrorCode.unauthenticated, 401],
  [studioErrorCode.notFound, 404],
  [studioErrorCode.refused, 400],
  [studioErrorCode.unreachable, 502],
  [studioErrorCode.limit, 429],
  [studioErrorCode.wantsToken, 400],
  [studioErrorCode.wantsCertificate, 400],
  [ErrorCodes.InvalidParams, 400],
]);

/** Every error is JSON, as `{"status": "error", "message": …}`. */
export function errorAnswer(context: Context, status: ContentfulStatusCode, message: string): Response {
  return context.json({ status: "error", message }, status);
}

/** Where what routes throw becomes an answer. */
export function answerError(thrown: unknown, context: Context<HttpEnv>, log: LogBook): Response {
  if (thrown instanceof HTTPException) return errorAnswer(context, thrown.status, thrown.message);
  const { code, message, logText } = StudioError.from(thrown);
  if (logText !== "") log.write("error", "daemon", `${context.req.method} ${context.req.path} failed: ${logText}`);
  return errorAnswer(context, statusOfCode.get(code) ?? 500, message);
}
