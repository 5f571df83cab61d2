import {
  callEditorModel,
  type EditorAnswerPart,
  type EditorModelEnd,
  type EditorModelRequest,
  editorModelParts,
} from "./editorModels.js";
import type { StudioLine } from "./studioLine.js";
import { randomUUID } from "../randomId.js";

export interface EditorCallOptions {
  /** Ends the call. */
  signal: AbortSignal;
  /** Takes the answer as it comes. */
  onParts: (parts: EditorAnswerPart[]) => void;
}

/** The way of a thread to the models of editors. */
export interface EditorWay {
  /** @throws AgentScopeError `STUDIO_UNREACHABLE` or `STUDIO_REFUSED` when there is no daemon; what `signal` is aborted with. */
  callEditor(request: EditorModelRequest, options: EditorCallOptions): Promise<EditorModelEnd>;
}

/** Calls of editors' models on one connection to a daemon. */
export class EditorModelCalls implements EditorWay {
  private readonly open = new Map<string, EditorCallOptions["onParts"]>();

  constructor(private readonly line: StudioLine) {
    line.onRequest(editorModelParts, ({ callId, parts }) => {
      this.open.get(callId)?.(parts);
      return {};
    });
  }

  async callEditor(request: EditorModelRequest, { signal, onParts }: EditorCallOptions): Promise<EditorModelEnd> {
    const callId = randomUUID();
    this.open.set(callId, onParts);
    try {
      return await this.line.request(callEditorModel, { ...request, callId }, { signal });
    } finally {
      this.open.delete(callId);
    }
  }
}
