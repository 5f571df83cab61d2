import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EditorModelEnd } from "agentscope-distributed-daemon/protocol";
import type { Discovery } from "agentscope-distributed/studio";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DaemonProcess, StateFolder } from "../processes/daemonProcess.js";
import { startScript } from "../processes/script.js";
import type { StartedProcess } from "../processes/startedProcess.js";
import { until } from "../processes/until.js";
import { ModelWindow, type WindowCall } from "./modelWindow.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let state: StateFolder;
let daemon: DaemonProcess;

beforeEach(async () => {
  state = await StateFolder.make();
  daemon = await DaemonProcess.start(state);
});

afterEach(async () => {
  await daemon[Symbol.asyncDispose]();
  await state[Symbol.asyncDispose]();
});

const found = (): Discovery => state.found as Discovery;
const done: EditorModelEnd = { kind: "done" };
const ask = (...args: string[]): StartedProcess => startScript("editorModel", { args, env: state.env });
const answerOf = async (script: StartedProcess) => ((await script.says("answer")) as { answer: string }).answer;
const failureOf = async (script: StartedProcess) => ((await script.says("failure")) as { failure: string }).failure;
const log = () => readFileSync(join(state.path, "daemon.log"), "utf8");

async function sayYes({ send }: WindowCall): Promise<EditorModelEnd> {
  await send({ type: "text", text: "Yes." });
  return done;
}

describe.each(["local", "child"])("an agent (%s) with a model of the person's editor", (where) => {
  test("asks it through the daemon, and speaks its answer as it comes", async () => {
    let goOn = () => {};
    const heard = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    await using window = await ModelWindow.open(found(), ["gpt"], async ({ send }) => {
      await send({ type: "text", text: "Once upon" });
      await heard;
      await send({ type: "text", text: " a time" });
      return done;
    });
    await using script = ask("Tell me a story.", "dialog", where, "gpt");
    await script.prints("Once upon");
    goOn();
    expect(await answerOf(script)).toBe("Once upon a time");
    expect(window.calls).toHaveLength(1);
    expect(window.calls[0]?.call).toMatchObject({
      model: "gpt-1",
      vendor: "test",
      messages: [
        { role: "user", parts: [{ type: "text", text: "You are short." }] },
        { role: "user", parts: [{ type: "text", text: "Tell me a story." }] },
      ],
    });
  });

  test("calls the tools that it asks for, and gives it what they gave", async () => {
    await using window = await ModelWindow.open(found(), ["gpt"], async ({ call, send }) => {
      const last = call.messages.at(-1)?.parts.at(-1);
      if (last?.type === "toolResult") await send({ type: "text", text: `It gave ${last.text}` });
      else await send({ type: "toolCall", toolCallId: "call-1", name: "add", input: { amount: 2 } });
      return done;
    });
    await using script = ask("Add two.", "clerk", where);
    expect(await answerOf(script)).toMatch(/^It gave \{"sum":2/);
    expect(window.calls[0]?.call.tools).toMatchObject([{ name: "add", inputSchema: { required: ["amount"] } }]);
    expect(window.calls[1]?.call.messages.slice(-2)).toMatchObject([
      { role: "assistant", parts: [{ type: "toolCall", toolCallId: "call-1", name: "add", input: { amount: 2 } }] },
      { role: "user", parts: [{ type: "toolResult", toolCallId: "call-1" }] },
    ]);
  });

  test("is told that no editor is connected, and what to do", async () => {
    await using script = ask("Is anybody there?", "dialog", where, "gpt");
    const failure = await failureOf(script);
    expect(failure).toContain("no VS Code window that offers its language models is connected to the daemon.");
    expect(failure).toContain("Open a VS Code window with the AgentScope extension");
  });

  test("is told that the window was closed while it answered; no log has what was asked", async () => {
    const window: ModelWindow = await ModelWindow.open(found(), ["gpt"], async ({ send }) => {
      await send({ type: "text", text: "Once" });
      await window.close();
      return done;
    });
    await using script = ask("A secret of mine.", "dialog", where, "gpt");
    expect(await failureOf(script)).toContain("the VS Code window that answered is gone");
    expect(log()).not.toContain("secret of mine");
    expect(log()).not.toContain("Once");
  });

  test("is told what the person or the model's provider says against it", async () => {
    await using _window = await ModelWindow.open(found(), ["gpt"], async () => ({
      kind: "failed",
      reason: "refused",
      message: "AgentScope may not use gpt",
    }));
    await using script = ask("May I?", "dialog", where, "gpt");
    expect(await failureOf(script)).toMatch(/AgentScope may not use gpt\. Allow it in VS Code/);
  });
});

test("of two windows one is asked that has the model; a model that none has is told with those there are", async () => {
  await using first = await ModelWindow.open(found(), ["small"], sayYes);
  await using second = await ModelWindow.open(found(), ["large"], sayYes);
  await using script = ask("Well?", "dialog", "local", "large");
  expect(await answerOf(script)).toBe("Yes.");
  expect([first.calls.length, second.calls.length]).toEqual([0, 1]);
  await using other = ask("Well?", "dialog", "local", "huge");
  expect(await failureOf(other)).toContain(
    'no VS Code window has the language model "huge"; there are small (test), large (test)',
  );
});

test("a script that ends gives its call up, and the window is told", async () => {
  await using window = await ModelWindow.open(found(), ["gpt"], async ({ isCancelled }) => {
    await until(isCancelled, { timeoutMs: 20_000, what: "the end of the call" });
    return done;
  });
  await using script = ask("Think for long.", "dialog", "child", "gpt");
  const call = await until(() => window.calls[0], { timeoutMs: 20_000, what: "the call" });
  expect(call.isCancelled()).toBe(false);
  script.kill("SIGKILL");
  await until(call.isCancelled, { timeoutMs: 20_000, what: "the call's end" });
});
