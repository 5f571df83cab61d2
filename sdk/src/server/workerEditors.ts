import { failureFromWire, type FailureFields } from "../link/failure.js";
import type { EditorCallOptions, EditorWay } from "../studio/editorModelCalls.js";
import type { EditorAnswerPart, EditorModelEnd, EditorModelRequest } from "../studio/editorModels.js";
import type { FromWorker } from "./workerMessages.js";

interface OpenCall {
  onParts: EditorCallOptions["onParts"];
  settle(end: EditorModelEnd | undefined, failure: FailureFields | undefined): void;
}

/** A worker's way to the models of editors: the I/O thread has the connection to the daemon. */
export class WorkerEditors implements EditorWay {
  private readonly open = new Map<number, OpenCall>();
  private lastCall = 0;

  constructor(private readonly post: (message: FromWorker) => void) {}

  async callEditor(request: EditorModelRequest, { signal, onParts }: EditorCallOptions): Promise<EditorModelEnd> {
    signal.throwIfAborted();
    const id = ++this.lastCall;
    let giveUp = () => {};
    try {
      return await new Promise((resolve, reject) => {
        giveUp = () => {
          this.post(["editorGivenUp", id]);
          reject(signal.reason as Error);
        };
        signal.addEventListener("abort", giveUp);
        this.open.set(id, {
          onParts,
          settle: (end, failure) => {
            if (end !== undefined) resolve(end);
            else if (failure !== undefined) reject(failureFromWire(failure));
          },
        });
        this.post(["editorCall", id, request]);
      });
    } finally {
      signal.removeEventListener("abort", giveUp);
      this.open.delete(id);
    }
  }

  parts(id: number, parts: EditorAnswerPart[]): void {
    this.open.get(id)?.onParts(parts);
  }

  ended(id: number, end: EditorModelEnd | undefined, failure: FailureFields | undefined): void {
    this.open.get(id)?.settle(end, failure);
  }
}
