import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { deleteAllAgents, listAgents, listRuns, listServers, stopRun } from "agentscope-distributed-daemon/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Editor as DaemonPeer } from "../daemon/editor.js";
import { until } from "../processes/until.js";
import { Editor } from "./editor/editor.js";
import { keepEvidence } from "./editor/evidence.js";
import { inEachTheme } from "./editor/inEachTheme.js";
import { hasEditor } from "./editor/installedEditor.js";
import type { Workbench } from "./editor/workbench.js";
import { Workspace } from "./workspace.js";

const screenshots = fileURLToPath(new URL("screenshots/", import.meta.url));

/** Two agents, and a script that stays until it is stopped. */
const stay = `import { Greeter } from "./agents/greeter.js";
import { Msg } from "agentscope-distributed";

const a = new Greeter({ name: "A" }).toDist();
const b = new Greeter({ name: "B" }).toDist();
console.log(await b(a(new Msg({ name: "user", role: "user", content: "hello" }))).content);
setInterval(() => {}, 1000);
`;

describe.runIf(hasEditor())("a script in its editor", { timeout: 400_000 }, () => {
  let editor: Editor;
  let workspace: Workspace;
  let window: Workbench;

  beforeAll(async () => {
    editor = await Editor.start();
    workspace = await Workspace.copy("twoAgents");
    await writeFile(workspace.file("stay.ts"), stay);
    window = await editor.open(workspace.path);
    await window.statusBarItem("runTarget").element.waitFor({ timeout: 60_000 });
    await until(() => editor.profile.daemon(), { timeoutMs: 60_000, what: "the daemon" });
  });

  afterAll(async () => {
    await editor?.[Symbol.asyncDispose]();
    await workspace?.[Symbol.asyncDispose]();
  });

  keepEvidence(() => window && { editor, window });

  const asked = async <Answer>(ask: (peer: DaemonPeer) => Promise<Answer>): Promise<Answer> => {
    const daemon = editor.profile.daemon();
    if (!daemon) throw new Error("there is no daemon");
    await using peer = await DaemonPeer.connect(daemon);
    return await ask(peer);
  };
  const runs = () => asked(async (peer) => (await peer.ask(listRuns, { offset: 0, limit: 100 })).rows);
  const servers = () => asked((peer) => peer.ask(listServers, {}));
  const agents = () => asked(async (peer) => (await peer.ask(listAgents, { offset: 0, limit: 100 })).rows);

  /** Runs the script that stays by what is pressed; gives where its agents live, and stops it. */
  async function whereAgentsLive(
    press: () => Promise<void>,
  ): Promise<{ target: string; kinds: string[]; ids: string[] }> {
    const before = new Set((await runs()).map(({ runId }) => runId));
    await press();
    const { runId, target } = await until(
      async () => (await runs()).find((run) => !before.has(run.runId) && run.calls > 0 && run.openCalls === 0),
      { timeoutMs: 90_000, what: "a run whose calls have ended" },
    );
    const own = await until(
      async () => {
        const rows = (await agents()).filter((row) => row.runId === runId);
        return (target === "local" || rows.length === 2) && rows;
      },
      { timeoutMs: 60_000, what: "the run's agents" },
    );
    const rows = await servers();
    const kinds = own.map(({ serverId }) => rows.find((row) => row.serverId === serverId)?.kind ?? "none");
    await asked((peer) => peer.ask(stopRun, { runId }));
    return { target, kinds, ids: own.map(({ serverId }) => serverId) };
  }

  test("is run by the words above its first statement", async () => {
    await window.openFile("main.ts");
    await window.lenses.lens("▷ Run distributed").first().waitFor();
    await window.lenses.lens("Debug").first().waitFor();
    await window.lenses.press("▷ Run", async () => (await runs()).length > 0);
    await window.terminal.prints("main.ts has succeeded", 60_000);
    expect(await runs()).toMatchObject([{ name: "main.ts", state: "succeeded", target: "local" }]);
    await inEachTheme(window, screenshots, "script");
  });

  test("its agents live where the run target says, with no edit of it", async () => {
    await window.openFile("stay.ts");
    const button = () => window.pressInEditorTitle("Run Orchestration Script");
    expect(await whereAgentsLive(button)).toMatchObject({ target: "local", kinds: [] });
    await window.chooseRunTarget("Child processes");
    expect(await whereAgentsLive(button)).toMatchObject({ target: "child", kinds: ["child", "child"] });
    await window.run("AgentScope: Start Agent Server");
    const named = await until(
      async () => (await servers()).find(({ state, kind }) => state === "ready" && kind === "managed"),
      {
        timeoutMs: 60_000,
        what: "an agent server",
      },
    );
    await window.chooseRunTarget(`${named.host}:${named.port}`);
    expect(await whereAgentsLive(button)).toMatchObject({
      target: `${named.host}:${named.port}`,
      ids: [named.serverId, named.serverId],
    });
    await window.chooseRunTarget("Allocated by the daemon");
    expect(await whereAgentsLive(button)).toMatchObject({ target: "studio", kinds: ["managed", "managed"] });
    await window.screenshot(screenshots, "run-target");
  });

  test("above a class stands how many agents of it live, as they come and go", async () => {
    await window.openFileBelow("agents", "greeter.ts");
    await window.lenses.lens("4 live · show").first().waitFor({ timeout: 60_000 });
    await inEachTheme(window, screenshots, "class-lens");
    const tree = window.view("Agent Servers");
    await window.lenses.press("4 live · show", async () => (await tree.row(/Greeter/).count()) > 0);
    await until(async () => (await tree.row(/Greeter/).count()) === 4, { timeoutMs: 60_000, what: "the four agents" });
    for (const { serverId } of await servers()) await asked((peer) => peer.ask(deleteAllAgents, { serverId }));
    await window.lenses.lens("0 live").first().waitFor({ timeout: 60_000 });
    expect(await window.lenses.lens("4 live · show").count()).toBe(0);
  });

  test("breakpoints hold in it and in an agent of a child process, in one session", async () => {
    await window.chooseRunTarget("Child processes");
    await window.openFileBelow("agents", "greeter.ts");
    await window.debug.toggleBreakpoint(window.line("this.memory.add(answer);"));
    await window.openFile("main.ts");
    await window.debug.toggleBreakpoint(window.line("const hello = new Msg("));
    await window.lenses.press("Debug", () => window.debug.isGoing());
    await window.debug.stopsAt("main.ts", "const hello = new Msg(");
    await window.debug.goOn();
    await window.debug.stopsAt("greeter.ts", "this.memory.add(answer);");
    await window.run("View: Show Run and Debug");
    // The script, its child and the thread in it: one below the other.
    await window.debug.callStack.filter({ hasText: /worker.*Paused/s }).waitFor();
    expect(await window.debug.callStack.filter({ hasText: "serverEntry.js" }).count()).toBeGreaterThan(0);
    await inEachTheme(window, screenshots, "debug");
    await window.debug.goOn();
    await window.debug.goesOnUntilEnd();
    await until(async () => (await runs())[0]?.state === "succeeded", {
      timeoutMs: 30_000,
      what: "the end of the run",
    });
    expect((await runs())[0]).toMatchObject({ name: "main.ts", target: "child", failedCalls: 0 });
  });
});
