import type {
  EditorAnswerPart,
  EditorModelCall,
  EditorModelChoice,
  EditorModelEnd,
  EditorModelParts,
} from "agentscope-distributed/studio";
import { randomUUID } from "node:crypto";
import type { EditorModelRow } from "../protocol/index.js";

/** Calls of one window at a time; others wait for their turn. */
const mostOfEditor = 16;
/** Calls that wait. */
const mostWaiting = 1000;
/** Names of models in an error. */
const mostNamed = 20;

/** A window that offers models. */
export interface OfferingEditor {
  /** Calls a model there. Rejects when the window is gone. */
  call(call: EditorModelCall, signal: AbortSignal): Promise<EditorModelEnd>;
}

/** A script or server that calls. */
export interface EditorCaller {
  /** Resolves when more may come. */
  parts(parts: EditorAnswerPart[]): Promise<unknown>;
}

interface Offer {
  readonly editor: OfferingEditor;
  models: readonly EditorModelRow[];
  /** By the id that the window was given. */
  readonly calls: Map<string, EditorCaller>;
}

/**
 * Language models that people have in their editors, for agents.
 *
 * 1. What is asked and answered passes through, and is kept and logged nowhere.
 * 2. A call belongs to one window, from its beginning to its end: what comes from another window for it is dropped.
 * 3. A window has so many calls at a time; the others wait, in their order.
 */
export class EditorModels {
  private readonly offers = new Map<OfferingEditor, Offer>();
  private waiting: (() => void)[] = [];

  /** All models of a window; none: it offers nothing any more. */
  offer(editor: OfferingEditor, models: readonly EditorModelRow[]): void {
    const offer = this.offers.get(editor);
    if (offer) offer.models = models;
    else this.offers.set(editor, { editor, models, calls: new Map() });
    this.wake();
  }

  /** The window is gone. */
  leave(editor: OfferingEditor): void {
    this.offers.delete(editor);
    this.wake();
  }

  /** What windows offer. */
  list(): EditorModelRow[] {
    return [...this.offers.values()].flatMap(({ models }) => models);
  }

  /** A window sends a part of an answer; resolves when it may send the next. */
  async take(editor: OfferingEditor, { callId, parts }: EditorModelParts): Promise<void> {
    await this.offers.get(editor)?.calls.get(callId)?.parts(parts);
  }

  /** @param signal gives the call up: who asked is gone, or wants no answer any more. */
  async call(asked: EditorModelCall, caller: EditorCaller, signal: AbortSignal): Promise<EditorModelEnd> {
    for (;;) {
      signal.throwIfAborted();
      const fitting = [...this.offers.values()].filter(({ models }) => models.some((model) => fits(model, asked)));
      if (fitting.length === 0) return this.nowhere(asked);
      const [free] = fitting
        .filter(({ calls }) => calls.size < mostOfEditor)
        .sort((a, b) => a.calls.size - b.calls.size);
      if (free) return this.callIn(free, { asked, caller, signal });
      if (this.waiting.length >= mostWaiting) {
        return failed("limit", `${mostWaiting} calls of models of VS Code wait, the most there can be`);
      }
      await this.changed(signal);
    }
  }

  private async callIn(
    offer: Offer,
    { asked, caller, signal }: { asked: EditorModelCall; caller: EditorCaller; signal: AbortSignal },
  ): Promise<EditorModelEnd> {
    const model = offer.models.find((one) => fits(one, asked));
    if (!model) return this.nowhere(asked);
    const callId = randomUUID();
    offer.calls.set(callId, caller);
    try {
      return await offer.editor.call({ ...asked, callId, model: model.id, vendor: model.vendor }, signal);
    } catch (thrown) {
      signal.throwIfAborted();
      if (this.offers.get(offer.editor) === offer) throw thrown;
      return failed("editorGone", "the VS Code window that answered is gone");
    } finally {
      offer.calls.delete(callId);
      this.wake();
    }
  }

  private nowhere({ model, vendor }: EditorModelChoice): EditorModelEnd {
    const there = this.list();
    if (there.length === 0) {
      return failed(
        "noEditor",
        this.offers.size === 0
          ? "no VS Code window that offers its language models is connected to the daemon"
          : "no VS Code window has a language model",
      );
    }
    const of = vendor === undefined ? "" : ` of ${JSON.stringify(vendor)}`;
    const names = [...new Set(there.map(({ family, vendor: by }) => `${family} (${by})`))];
    const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : "";
    const what = model === undefined ? "a language model" : `the language model ${JSON.stringify(model)}`;
    return failed(
      "noModel",
      `no VS Code window has ${what}${of}; there are ${names.slice(0, mostNamed).join(", ")}${more}`,
    );
  }

  private async changed(signal: AbortSignal): Promise<void> {
    let wake = () => {};
    await new Promise<void>((resolve) => {
      wake = resolve;
      this.waiting.push(resolve);
      signal.addEventListener("abort", wake, { once: true });
    });
    signal.removeEventListener("abort", wake);
    this.waiting = this.waiting.filter((one) => one !== wake);
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

function fits({ id, family, name, vendor }: EditorModelRow, wanted: EditorModelChoice): boolean {
  const isNamed = wanted.model === undefined || [id, family, name].includes(wanted.model);
  return isNamed && (wanted.vendor === undefined || wanted.vendor === vendor);
}

function failed(reason: Extract<EditorModelEnd, { kind: "failed" }>["reason"], message: string): EditorModelEnd {
  return { kind: "failed", reason, message };
}
