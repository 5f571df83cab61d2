import { ResponseError } from "vscode-jsonrpc";
import { AgentScopeError, asError } from "../errors.js";
import { studioErrorCode } from "./protocol.js";

/** What a daemon answered a request with, as an error of this package; and what it answers a daemon's with. */
export function failureFromStudio(thrown: unknown, url: string): AgentScopeError {
  if (thrown instanceof AgentScopeError) return thrown;
  const cause = asError(thrown);
  const code = cause instanceof ResponseError ? cause.code : undefined;
  if (code === studioErrorCode.unauthenticated) {
    return new AgentScopeError(
      "UNAUTHENTICATED",
      `the daemon at ${url} lets nobody in without its token: ${cause.message}`,
      {
        cause,
      },
    );
  }
  return new AgentScopeError("STUDIO_REFUSED", `the daemon at ${url} refuses: ${cause.message}`, { cause });
}

/** What was thrown, as the daemon is told of it. */
export function failureToStudio(thrown: unknown): ResponseError {
  if (thrown instanceof ResponseError) return thrown as ResponseError;
  const error = asError(thrown);
  const code = error instanceof AgentScopeError ? codes[error.code] : undefined;
  return new ResponseError(
    code ?? studioErrorCode.refused,
    error instanceof AgentScopeError ? error.rootMessage : `${error.name}: ${error.message}`,
  );
}

const codes: Partial<Record<string, number>> = {
  AGENT_NOT_FOUND: studioErrorCode.notFound,
  DEADLINE_EXCEEDED: studioErrorCode.unreachable,
  LIMIT_EXCEEDED: studioErrorCode.limit,
};
