import { listServers, startServer } from "agentscope-distributed-daemon/protocol";
import { expect, test } from "vitest";
import { agentDir } from "../processes/agentServer.js";
import { asStudio, DaemonProcess, StateFolder } from "../processes/daemonProcess.js";
import { startScript } from "../processes/script.js";
import { Editor } from "./editor.js";

test("an agent of a managed server that is killed goes on with its state, on a server that the daemon has running", async () => {
  await using state = await StateFolder.make();
  await using _daemon = await DaemonProcess.start(state);
  const { found } = state;
  if (found === undefined) throw new Error("no daemon can be found");
  try {
    await using editor = await Editor.connect(found);
    await editor.ask(startServer, { cwd: process.cwd(), serverId: "managed", agentDir, workers: 1 });
    const env = { ...state.env, AGENTSCOPE_STUDIO_URL: found.url };
    await using script = startScript("recovers", { args: [`${state.path}/log`], env, input: "open" });
    script.type("a");
    const before = await script.says("a", 60_000);
    expect(before["a"]).toBe("a: 1");
    const pids = async () => (await editor.ask(listServers, {})).map(({ pid }) => pid);
    expect(await pids()).toContain(before["pid"]);
    process.kill(before["pid"] as number, "SIGKILL");
    script.type("b");
    const after = await script.says("b", 60_000);
    expect(after["b"]).toBe("b: 2");
    expect(after["pid"]).not.toBe(before["pid"]);
    expect(await pids()).toContain(after["pid"]);
    script.endInput();
    await script.endsWithin(60_000);
  } finally {
    await asStudio(state, "stop", "--force");
  }
}, 180_000);
