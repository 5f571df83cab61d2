import type { EditorAnswerPart, EditorModelCall, EditorModelEnd } from "agentscope-distributed/studio";
import { beforeEach, describe, expect, test } from "vitest";
import { EditorModels, type OfferingEditor } from "../../src/models/editorModels.js";
import { until } from "../until.js";

const text = (said: string): EditorAnswerPart => ({ type: "text", text: said });
const row = (family: string, vendor = "v") => ({
  id: `${vendor}/${family}`,
  vendor,
  family,
  name: family,
  maxInputTokens: 9,
});
const asked = (callId: string, model?: string): EditorModelCall => ({ callId, messages: [], ...(model && { model }) });
const never = () => new AbortController().signal;
const nobody = { parts: () => Promise.resolve() };

/** A window that answers when the test says so. */
class Window implements OfferingEditor {
  readonly calls: { call: EditorModelCall; signal: AbortSignal; end: (end: EditorModelEnd | Error) => void }[] = [];

  call(call: EditorModelCall, signal: AbortSignal): Promise<EditorModelEnd> {
    return new Promise((resolve, reject) => {
      this.calls.push({ call, signal, end: (end) => (end instanceof Error ? reject(end) : resolve(end)) });
    });
  }
}

let models: EditorModels;
let window: Window;

beforeEach(() => {
  models = new EditorModels();
  window = new Window();
});

describe("models of editors", () => {
  test("a model is found by its id, family or name, and its vendor", async () => {
    models.offer(window, [row("a", "x"), row("a", "y"), row("b", "y")]);
    void models.call(asked("1", "b"), nobody, never());
    void models.call({ ...asked("2", "a"), vendor: "y" }, nobody, never());
    void models.call(asked("3"), nobody, never());
    expect(window.calls.map(({ call }) => call.model)).toEqual(["y/b", "y/a", "x/a"]);
    expect(await models.call({ ...asked("4", "b"), vendor: "x" }, nobody, never())).toMatchObject({
      reason: "noModel",
      message: 'no VS Code window has the language model "b" of "x"; there are a (x), a (y), b (y)',
    });
  });

  test("parts go to who asked, and nowhere when they come from another window or too late", async () => {
    const other = new Window();
    models.offer(window, [row("a")]);
    models.offer(other, [row("b")]);
    const got: EditorAnswerPart[] = [];
    const answer = models.call(asked("1", "a"), { parts: async (parts) => got.push(...parts) }, never());
    const [{ call, end } = expect.unreachable()] = window.calls;
    await models.take(window, { callId: call.callId, parts: [text("one")] });
    await models.take(other, { callId: call.callId, parts: [text("foreign")] });
    end({ kind: "done" });
    expect(await answer).toEqual({ kind: "done" });
    await models.take(window, { callId: call.callId, parts: [text("late")] });
    expect(got).toEqual([text("one")]);
  });

  test("a window that sends faster than it is read waits", async () => {
    models.offer(window, [row("a")]);
    let read = () => {};
    const slow = {
      parts: () =>
        new Promise<void>((resolve) => {
          read = resolve;
        }),
    };
    void models.call(asked("1"), slow, never());
    let isTaken = false;
    const taken = models
      .take(window, { callId: window.calls[0]?.call.callId ?? "", parts: [text("x")] })
      .finally(() => (isTaken = true));
    await new Promise(setImmediate);
    expect(isTaken).toBe(false);
    read();
    await taken;
  });

  test("16 calls are in a window at a time; the others wait in their order, or give up", async () => {
    models.offer(window, [row("a")]);
    const giveUp = new AbortController();
    const calls = Array.from({ length: 16 }, (_, index) => models.call(asked(String(index)), nobody, never()));
    const waiting = models.call(asked("given up"), nobody, giveUp.signal);
    const last = models.call(asked("last", "a"), nobody, never());
    expect(window.calls).toHaveLength(16);
    giveUp.abort(new Error("not wanted any more"));
    await expect(waiting).rejects.toThrow("not wanted any more");
    window.calls[3]?.end({ kind: "done" });
    expect(await calls[3]).toEqual({ kind: "done" });
    await until(() => window.calls.length === 17, { what: "the call that waited" });
    window.calls[16]?.end({ kind: "done" });
    expect(await last).toEqual({ kind: "done" });
  });

  test("calls of a window that is gone end, and those that waited for it are told that there is none", async () => {
    models.offer(window, [row("a")]);
    const calls = Array.from({ length: 17 }, (_, index) => models.call(asked(String(index)), nobody, never()));
    models.leave(window);
    for (const { end } of window.calls) end(new Error("the connection is gone"));
    const ends = await Promise.all(calls);
    expect(ends.slice(0, 16).every((end) => end.kind === "failed" && end.reason === "editorGone")).toBe(true);
    expect(ends[16]).toMatchObject({ reason: "noEditor" });
  });

  test("who asks is not kept waiting without end: with a thousand that wait, the next is told of the limit", async () => {
    models.offer(window, [row("a")]);
    for (let index = 0; index < 1016; index++) void models.call(asked(String(index)), nobody, never());
    expect(await models.call(asked("one more"), nobody, never())).toMatchObject({ reason: "limit" });
  });
});
