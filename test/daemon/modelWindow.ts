import {
  callEditorModel,
  type EditorAnswerPart,
  type EditorModelCall,
  type EditorModelEnd,
  type EditorModelRow,
  editorModelParts,
  offerEditorModels,
} from "agentscope-distributed-daemon/protocol";
import type { Discovery } from "agentscope-distributed/studio";
import { Editor } from "./editor.js";

/** A call that has come to a window. */
export interface WindowCall {
  call: EditorModelCall;
  /** Resolves when it has arrived at who asked. */
  send: (...parts: EditorAnswerPart[]) => Promise<unknown>;
  isCancelled: () => boolean;
}

/** A window that offers language models, and answers as a test says. */
export class ModelWindow implements AsyncDisposable {
  readonly calls: WindowCall[] = [];

  private constructor(private readonly editor: Editor) {}

  static async open(
    daemon: Discovery,
    families: readonly string[],
    answer: (call: WindowCall) => Promise<EditorModelEnd>,
  ): Promise<ModelWindow> {
    const editor = await Editor.connect(daemon);
    const window = new ModelWindow(editor);
    editor.rpc.onRequest(callEditorModel, (call, token) => {
      const taken: WindowCall = {
        call,
        send: (...parts) => editor.ask(editorModelParts, { callId: call.callId, parts }),
        isCancelled: () => token.isCancellationRequested,
      };
      window.calls.push(taken);
      return answer(taken);
    });
    const models = families.map(
      (family): EditorModelRow => ({ id: `${family}-1`, vendor: "test", family, name: family, maxInputTokens: 1000 }),
    );
    await editor.ask(offerEditorModels, { models });
    return window;
  }

  /** The last text that it was asked. */
  get lastText(): string | undefined {
    const part = this.calls.at(-1)?.call.messages.at(-1)?.parts.at(-1);
    return part?.type === "text" ? part.text : undefined;
  }

  close(): Promise<void> {
    return this.editor[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
