import type { MessageConnection } from "vscode-jsonrpc/node";
import { ResponseError } from "vscode-jsonrpc/node";
import { StudioError } from "../errors.js";
import type { LogBook } from "../log/logBook.js";

/** Where what the daemon's parts throw becomes an error of the protocol. */
export async function answering<Result>(
  method: string,
  log: LogBook,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (thrown) {
    const { code, message, logText } = StudioError.from(thrown);
    if (logText !== "") log.write("error", "daemon", `${method} failed: ${logText}`);
    throw new ResponseError(code, message);
  }
}

type Handler = (...given: unknown[]) => unknown;

/** The same connection, on which every request is answered so ({@link answering}). */
export function answeringConnection(connection: MessageConnection, log: LogBook): MessageConnection {
  const onRequest = (type: string | { method: string }, handler: Handler) => {
    const method = typeof type === "string" ? type : type.method;
    // A method by its name takes its parameters as they come; a type would have them checked before we can say what is wrong.
    return connection.onRequest(method, (...given: unknown[]) => answering(method, log, () => handler(...given)));
  };
  return { ...connection, onRequest: onRequest as MessageConnection["onRequest"] };
}
