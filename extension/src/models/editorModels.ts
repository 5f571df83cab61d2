import {
  callEditorModel,
  type EditorModelCall,
  type EditorModelEnd,
  offerEditorModels,
} from "agentscope-distributed-daemon/protocol";
import {
  type CancellationToken,
  type Disposable,
  type LanguageModelChat,
  LanguageModelChatToolMode,
  LanguageModelError,
  lm,
  type LogOutputChannel,
  workspace,
} from "vscode";
import { settingId } from "../contributions.js";
import type { DaemonClient } from "../daemon/daemonClient.js";
import type { DaemonConnection } from "../daemon/daemonConnection.js";
import { settings } from "../settings.js";
import { answerPart, chatMessage } from "./chatMessages.js";
import { PartSender } from "./partSender.js";

const justification = "Agents of your AgentScope scripts and servers ask it.";

/** The person's language models, for agents: which there are is told to the daemon, and what it asks is put to them. */
export class EditorModels implements Disposable {
  private readonly disposables: Disposable[];

  constructor(
    private readonly client: DaemonClient,
    private readonly log: LogOutputChannel,
  ) {
    client.answer(callEditorModel, (call, connection, token) => this.call(call, connection, token));
    const offer = () => void this.offer();
    this.disposables = [
      lm.onDidChangeChatModels(offer),
      workspace.onDidChangeConfiguration((change) => change.affectsConfiguration(settingId.offerModels) && offer()),
      { dispose: client.stateChanged.on(({ kind }) => kind === "connected" && offer()) },
    ];
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private async offer(): Promise<void> {
    if (this.client.state.kind !== "connected") return;
    try {
      const found = settings.offersModels ? await lm.selectChatModels() : [];
      const models = found.map(({ id, vendor, family, name, maxInputTokens }) => ({
        ...{ id, vendor, family, name, maxInputTokens },
      }));
      await this.client.request(offerEditorModels, { models });
    } catch (error) {
      this.log.warn("The language models of this window could not be offered to agents:", String(error));
    }
  }

  private async call(
    call: EditorModelCall,
    connection: DaemonConnection,
    token: CancellationToken,
  ): Promise<EditorModelEnd> {
    try {
      const [model] = settings.offersModels ? await lm.selectChatModels(selector(call)) : [];
      if (!model) {
        return failed("noModel", `this VS Code window has the language model ${JSON.stringify(call.model)} no longer`);
      }
      await stream(model, call, { connection, token });
      return { kind: "done" };
    } catch (error) {
      return failure(error);
    }
  }
}

async function stream(
  model: LanguageModelChat,
  { callId, messages, tools, toolRequired, options }: EditorModelCall,
  { connection, token }: { connection: DaemonConnection; token: CancellationToken },
): Promise<void> {
  const sender = new PartSender(callId, connection);
  const response = await model.sendRequest(
    messages.map(chatMessage),
    {
      justification,
      ...(tools && {
        tools,
        toolMode: toolRequired ? LanguageModelChatToolMode.Required : LanguageModelChatToolMode.Auto,
      }),
      ...(options && { modelOptions: options }),
    },
    token,
  );
  for await (const part of response.stream) {
    if (token.isCancellationRequested) return;
    const told = answerPart(part);
    // Who reads slowly holds up the model.
    if (told) await sender.send(told);
  }
  await sender.end();
}

function selector({ model, vendor }: EditorModelCall): { id?: string; vendor?: string } {
  return { ...(model !== undefined && { id: model }), ...(vendor !== undefined && { vendor }) };
}

function failure(error: unknown): EditorModelEnd {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof LanguageModelError)) return failed("modelFailed", message);
  switch (error.code) {
    case LanguageModelError.NoPermissions.name:
    case LanguageModelError.Blocked.name:
      return failed("refused", message);
    case LanguageModelError.NotFound.name:
      return failed("noModel", message);
    default: {
      const cause = error.cause instanceof Error ? error.cause.message : undefined;
      return failed("modelFailed", cause ?? message);
    }
  }
}

function failed(reason: Extract<EditorModelEnd, { kind: "failed" }>["reason"], message: string): EditorModelEnd {
  return { kind: "failed", reason, message };
}
