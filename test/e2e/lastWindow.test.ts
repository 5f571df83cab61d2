import { listAgents, listRuns } from "agentscope-distributed-daemon/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Editor as DaemonPeer } from "../daemon/editor.js";
import { processesWith } from "../processes/processTable.js";
import { until } from "../processes/until.js";
import { Editor } from "./editor/editor.js";
import { keepEvidence } from "./editor/evidence.js";
import { hasEditor } from "./editor/installedEditor.js";
import type { Workbench } from "./editor/workbench.js";
import { Workspace } from "./workspace.js";

describe.runIf(hasEditor())("the last window", { timeout: 300_000 }, () => {
  let editor: Editor;
  let workspace: Workspace;
  let window: Workbench;
  /** The server of VS Code, before there was a window. */
  let own: ReadonlySet<number>;

  beforeAll(async () => {
    editor = await Editor.start({ "agentscope.daemon.idleSeconds": 5 });
    own = new Set(started().keys());
    workspace = await Workspace.copy("twoAgents");
    window = await editor.open(workspace.path);
  });

  afterAll(async () => {
    await editor?.[Symbol.asyncDispose]();
    await workspace?.[Symbol.asyncDispose]();
  });

  keepEvidence(() => window && { editor, window });

  /** All that was started by the editor, whoever its parent is by now. */
  const started = () => processesWith("AGENTSCOPE_STATE_DIR", editor.profile.state);
  /** What there is because of the window: VS Code's server and its terminals' host wait for another one. */
  const left = () =>
    [...started()].flatMap(([pid, command]) =>
      own.has(pid) || command.includes("--type=ptyHost") ? [] : `${pid} ${command}`,
    );

  test("leaves no process behind when it is closed, once the daemon has waited for another", async () => {
    await window.openFile("main.ts");
    await window.run("AgentScope: Run Orchestration Script Distributed");
    await window.terminal.prints("main.ts has succeeded", 90_000);
    const daemon = await until(() => editor.profile.daemon(), { timeoutMs: 60_000, what: "the daemon" });
    {
      await using peer = await DaemonPeer.connect(daemon);
      const { rows } = await peer.ask(listRuns, { offset: 0, limit: 9 });
      expect(rows).toMatchObject([{ state: "succeeded", target: "studio", agents: 2 }]);
      // Their servers would stay for a while, to be looked at.
      expect((await peer.ask(listAgents, { offset: 0, limit: 9 })).total).toBe(2);
    }
    const before = left();
    expect(before.filter((command) => command.includes("--type=extensionHost"))).toHaveLength(1);
    expect(before.filter((command) => command.includes("asStudio.js"))).not.toHaveLength(0);
    expect(before.filter((command) => command.includes("asServer.js"))).not.toHaveLength(0);
    await window.close();
    await until(() => left().length === 0, { timeoutMs: 120_000, what: "the end of all" }).catch((error: unknown) => {
      throw new Error(`there are still:\n${left().join("\n")}`, { cause: error });
    });
    expect(editor.profile.daemon()).toBeUndefined();
  });
});
