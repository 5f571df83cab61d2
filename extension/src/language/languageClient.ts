import type { LogOutputChannel, TextDocument } from "vscode";
import { CloseAction, ErrorAction, LanguageClient, RevealOutputChannelOn } from "vscode-languageclient/node";
import type { LanguageTransport } from "./languageTransport.js";

// A bundle of its own: it is large, and loaded when it is needed.

export interface RunningLanguageClient {
  settingsChanged(): void;
  stop(): Promise<void>;
}

const languages = ["typescript", "typescriptreact", "javascript", "javascriptreact", "json", "jsonc"];
/** Texts that are longer are not sent, in characters. */
const longestText = 1_000_000;

/** @param options `connect` gives a connection, again after each that has ended; `settings` are asked for when they are sent. */
export function startLanguageClient(options: {
  connect: () => Promise<LanguageTransport>;
  settings: () => object;
  log: LogOutputChannel;
}): RunningLanguageClient {
  const { connect, log } = options;
  const sent = () => ({ agentscope: options.settings() });
  const client = new LanguageClient(
    "agentscope",
    "AgentScope",
    // Detached: the daemon is not ours to end.
    async () => ({ ...(await connect()), detached: true }),
    {
      documentSelector: languages.map((language) => ({ scheme: "file", language })),
      initializationOptions: sent,
      outputChannel: log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        // A daemon that has gone is followed by another.
        closed: () => ({ action: CloseAction.Restart, handled: true }),
      },
      initializationFailedHandler: () => false,
      middleware: {
        didOpen: async (document: TextDocument, next) => {
          if (document.getText().length <= longestText) await next(document);
        },
      },
    },
  );
  // What is wrong stands in its log; the window is told of the daemon's state by others.
  void client.start().catch((error: unknown) => log.warn(`Language features: ${String(error)}`));
  return {
    settingsChanged: () => void client.sendNotification("workspace/didChangeConfiguration", { settings: sent() }),
    stop: () => client.dispose().catch(() => {}),
  };
}
