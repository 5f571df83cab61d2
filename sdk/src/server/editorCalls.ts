import { AgentScopeError, asError } from "../errors.js";
import { failureToWire } from "../link/failure.js";
import type { EditorWay } from "../studio/editorModelCalls.js";
import type { EditorAnswerPart, EditorModelRequest } from "../studio/editorModels.js";
import type { WorkerThread } from "./workerThread.js";

/** Calls of editors' models by the workers of a server, on its I/O thread. */
export class EditorCalls {
  /** Undefined: the server has nothing to do with a daemon. */
  way: EditorWay | undefined = undefined;
  private readonly open = new Map<WorkerThread, Map<number, AbortController>>();

  async begin(worker: WorkerThread, id: number, request: EditorModelRequest): Promise<void> {
    const giveUp = new AbortController();
    const calls = this.open.get(worker) ?? new Map<number, AbortController>();
    this.open.set(worker, calls.set(id, giveUp));
    try {
      if (this.way === undefined) throw new AgentScopeError("STUDIO_UNREACHABLE", "the server was started without one");
      const onParts = (parts: EditorAnswerPart[]) => worker.post(["editorParts", id, parts]);
      const end = await this.way.callEditor(request, { signal: giveUp.signal, onParts });
      worker.post(["editorEnd", id, end, undefined]);
    } catch (thrown) {
      const failure =
        thrown instanceof AgentScopeError
          ? thrown
          : new AgentScopeError("STUDIO_UNREACHABLE", asError(thrown).message, { cause: thrown });
      worker.post(["editorEnd", id, undefined, failureToWire(failure)]);
    } finally {
      calls.delete(id);
    }
  }

  giveUp(worker: WorkerThread, id: number): void {
    this.open.get(worker)?.get(id)?.abort();
  }

  workerEnded(worker: WorkerThread): void {
    for (const giveUp of this.open.get(worker)?.values() ?? []) giveUp.abort();
    this.open.delete(worker);
  }
}
