import type { RequestType } from "vscode-jsonrpc/node";

/** Who asks the daemon for a command. */
export interface Asking {
  /** @throws StudioError */
  request<Params, Result>(type: RequestType<Params, Result, void>, params: Params): Promise<Result>;
}

/** The most rows of a page. */
export const pageLimit = 500;
