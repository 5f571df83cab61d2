import {
  callEditorModel,
  type EditorModelCall,
  type EditorModelEnd,
  editorModelParts,
} from "agentscope-distributed/studio";
import { type CancellationToken, CancellationTokenSource, type MessageConnection } from "vscode-jsonrpc";
import { StudioError } from "../errors.js";
import type { EditorCaller, EditorModels, OfferingEditor } from "../models/editorModels.js";
import { listEditorModels, offerEditorModels } from "../protocol/index.js";
import type { Guest } from "../wire/peer.js";
import { editorModelCall, editorModelEnd, editorModelPartsForm, modelOffer } from "./editorModelForms.js";
import { none } from "./forms.js";
import { type Answer, answerAll, answerTo } from "./request.js";

/** A client that may offer models; gives what it can ask, and what ends its offer. */
export function offeringClient(
  { connection }: Pick<Guest, "connection">,
  models: EditorModels,
): { answers: Answer[]; leave: () => void } {
  const editor: OfferingEditor = { call: (call, signal) => askEditor(connection, call, signal) };
  return {
    answers: [
      answerTo(offerEditorModels, modelOffer, ({ models: offered }) => {
        models.offer(editor, offered);
        return {};
      }),
      answerTo(listEditorModels, none, () => models.list()),
      answerTo(editorModelParts, editorModelPartsForm, async (parts) => {
        await models.take(editor, parts);
        return {};
      }),
    ],
    leave: () => models.leave(editor),
  };
}

/** Lets a script or server call models of editors; gives what ends all its calls. */
export function callingGuest({ connection }: Pick<Guest, "connection">, models: EditorModels): () => void {
  const gone = new AbortController();
  answerAll(connection, [
    answerTo(callEditorModel, editorModelCall, async (asked, token) => {
      const { callId } = asked;
      const caller: EditorCaller = {
        parts: (parts) => connection.sendRequest(editorModelParts.method, { callId, parts }),
      };
      return withSignal(token, gone.signal, (signal) => models.call(asked, caller, signal));
    }),
  ]);
  return () => gone.abort(StudioError.unreachable("who called the model is gone"));
}

async function askEditor(
  connection: MessageConnection,
  call: EditorModelCall,
  signal: AbortSignal,
): Promise<EditorModelEnd> {
  const cancelling = new CancellationTokenSource();
  const cancel = () => cancelling.cancel();
  signal.addEventListener("abort", cancel);
  try {
    const end = editorModelEnd.safeParse(await connection.sendRequest(callEditorModel.method, call, cancelling.token));
    if (!end.success) throw StudioError.unreachable("the editor gave an answer that is not of the protocol");
    return end.data;
  } finally {
    signal.removeEventListener("abort", cancel);
    cancelling.dispose();
  }
}

/** Does work with a signal that is aborted by the token, and by the end of who asked. */
async function withSignal<T>(
  token: CancellationToken,
  gone: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const cancelled = new AbortController();
  const listener = token.onCancellationRequested(() => cancelled.abort(StudioError.refused("the call was given up")));
  try {
    return await work(AbortSignal.any([cancelled.signal, gone]));
  } finally {
    listener.dispose();
  }
}
