import type { MessageConnection } from "vscode-jsonrpc/node";
import type { Parts } from "../parts.js";

/**
 * Lets a client ask for language features on its connection, by the Language Server Protocol: they begin with `initialize`. A client
 * that asks for none costs nothing.
 *
 * @returns what ends them.
 */
export function attachLanguage(connection: MessageConnection, parts: Parts): () => void {
  let isOver = false;
  let end = () => {};
  connection.onRequest("initialize", async (params: unknown) => {
    const { LanguageSession } = await import("./languageSession.js");
    end();
    const session = new LanguageSession(connection, parts);
    end = () => session[Symbol.dispose]();
    // The client may have left meanwhile.
    if (isOver) end();
    return session.begin(params);
  });
  return () => {
    isOver = true;
    end();
  };
}
