import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  listEditorModels,
  listServers,
  runOutput,
  type RunRow,
  startRun,
  stopRun,
} from "agentscope-distributed-daemon/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { Editor as DaemonPeer } from "../daemon/editor.js";
import { endManagedServers, endRuns } from "../daemon/endRuns.js";
import { TemporaryFolder } from "../processes/temporaryFolder.js";
import { until } from "../processes/until.js";
import { Editor } from "./editor/editor.js";
import { keepEvidence } from "./editor/evidence.js";
import { hasEditor } from "./editor/installedEditor.js";
import { withExtension } from "./editor/withExtension.js";
import type { Workbench } from "./editor/workbench.js";
import { Workspace } from "./workspace.js";

// Windows are opened and loaded anew.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const screenshots = fileURLToPath(new URL("screenshots/", import.meta.url));

describe.runIf(hasEditor())("language models that VS Code has, for agents", () => {
  let folder: TemporaryFolder;
  let editor: Editor;
  let workspace: Workspace;
  let window: Workbench;
  let daemon: DaemonPeer;

  beforeAll(async () => {
    folder = await TemporaryFolder.make();
    const extensions = await withExtension("chatProvider", folder);
    editor = await Editor.start({ "chat.disableAIFeatures": false }, { extensions });
    workspace = await Workspace.copy("editorModels");
    window = await editor.open(workspace.path);
    await window.showContainer("AgentScope");
    const found = await until(() => editor.profile.daemon(), { timeoutMs: 60_000, what: "the daemon" });
    daemon = await DaemonPeer.connect(found);
    await offers();
  });

  afterAll(async () => {
    await daemon?.[Symbol.asyncDispose]();
    await editor?.[Symbol.asyncDispose]();
    await workspace?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  });

  keepEvidence(() => window && { editor, window });

  afterEach(async () => {
    await endRuns(daemon);
    await endManagedServers(daemon);
  });

  /** Waits until the window has told of its models. */
  const offers = () =>
    until(async () => (await daemon.ask(listEditorModels, {})).some(({ family }) => family === "story"), {
      timeoutMs: 60_000,
      what: "the models of the window",
    });

  const run = (args: string[], target = "child"): Promise<RunRow> =>
    daemon.ask(startRun, { script: workspace.file("main.ts"), args, cwd: workspace.path, target });

  const outputOf = async (runId: string) => (await daemon.ask(runOutput, { runId, offset: 0, limit: 100_000 })).text;
  const writes = (runId: string, text: string) =>
    until(async () => (await outputOf(runId)).includes(text), { timeoutMs: 30_000, what: `${text} in the output` });

  test("an agent of a child process is answered by the window's model", async () => {
    const { runId } = await run(["Tell me a story."]);
    await writes(runId, "answered: Once upon a time");
    // Spoken as it came.
    expect(await outputOf(runId)).toMatch(/^A \(.*\): Once upon a time$/m);
  });

  test("its tools are called as the model asks, and it hears what they gave", async () => {
    const { runId } = await run(["Add two.", "--clerk"]);
    await writes(runId, "answered: ");
    expect(await outputOf(runId)).toContain('answered: It gave {"sum":2}');
  });

  test("a run that is stopped ends the model's answer", async () => {
    const { runId } = await run(["Tell it for ever."]);
    await writes(runId, "time and on and on");
    await daemon.ask(stopRun, { runId });
    const noted = editor.profile.path("chat-provider.log");
    await until(() => existsSync(noted) && readFileSync(noted, "utf8") === "cancelled\n", {
      timeoutMs: 20_000,
      what: "the model's end",
    });
    expect(readFileSync(noted, "utf8")).toBe("cancelled\n");
  });

  test("a window that is loaded anew in the middle ends the answer with its reason, and offers its models again", async () => {
    const { runId } = await run(["Tell it for ever."]);
    await writes(runId, "time and on and on");
    await window.reload();
    await writes(runId, "failed: ");
    expect(await outputOf(runId)).toMatch(/failed: .*the VS Code window that answered is gone/);
    await offers();
  });

  test("a server is given the config by a command, and its agents use the model", async () => {
    await window.showContainer("AgentScope");
    await window.run("AgentScope: Start Agent Server");
    await window
      .view("Agent Servers")
      .row(/cpu .* managed/)
      .waitFor({ timeout: 60_000 });
    await setModelConfigs("wrong.json");
    await window.notifications
      .containing(/wrong\.json, entry 1 \("mine"\): model is no field of this kind of model/)
      .waitFor();
    await setModelConfigs("keys.json");
    const refused = window.notifications.containing(/keys\.json, entry 1 \("paid"\): api_key is a key itself/);
    await refused.waitFor();
    expect(await window.page.locator("body").innerText()).not.toContain("planted");
    await setModelConfigs("models.json");
    await window.notifications.containing("1 agent server can use mine now.").waitFor();
    await window.screenshot(screenshots, "model-configs");
    const [server] = await daemon.ask(listServers, {});
    const { runId } = await run(["Tell me a story.", "--configured"], `${server?.host}:${server?.port}`);
    await writes(runId, "answered: Once upon a time");
  });

  /** By the command; the dialog asks for a path. */
  async function setModelConfigs(file: string): Promise<void> {
    await window.run("AgentScope: Set Model Configs…");
    await window.quickInput.answerFile(workspace.file(file));
  }
});
