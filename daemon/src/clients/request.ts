import type { CancellationToken, MessageConnection, RequestType } from "vscode-jsonrpc/node";
import type { z } from "zod";
import { invalid } from "../wire/greeting.js";

/** A request that a client can make, its parameters' form, and what answers it. */
export interface Answer {
  readonly method: string;
  /** @throws StudioError */
  readonly answer: (params: unknown, token: CancellationToken) => Promise<unknown>;
}

/** @param answer throws a StudioError, or whatever is the daemon's own fault */
export function answerTo<Params, Result>(
  type: RequestType<Params, Result, void>,
  form: z.ZodType<Params>,
  answer: (params: Params, token: CancellationToken) => Result | Promise<Result>,
): Answer {
  return {
    method: type.method,
    answer: async (params, token) => {
      // A request without parameters may leave them out; JSON-RPC for JavaScript writes that as null or [null], too.
      const checked = form.safeParse(params ?? {});
      if (!checked.success) throw invalid(checked.error);
      return answer(checked.data, token);
    },
  };
}

/** Answers these requests on a connection; who gave it turns what they throw into errors of the protocol. */
export function answerAll(connection: MessageConnection, answers: readonly Answer[]): void {
  for (const { method, answer } of answers) {
    connection.onRequest(method, (...given: [unknown, CancellationToken] | [CancellationToken]) =>
      given.length === 1 ? answer(undefined, given[0]) : answer(...given),
    );
  }
}
