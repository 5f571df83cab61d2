import { ResponseError } from "vscode-jsonrpc";
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
