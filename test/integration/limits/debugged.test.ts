import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Msg } from "agentscope-distributed";
import { expect, test } from "vitest";
import { SlowReader } from "../../fixtures/agents/slowReader.js";
import { Spinner } from "../../fixtures/agents/spinner.js";
import { AgentServer } from "../../processes/agentServer.js";

/** Well above the limit of the server, with the time after which its workers are looked at. */
const overLimitMs = 3000;

test("the agents of a server that is debugged have no time limits: one may stand at a breakpoint, in its turn or its setup", async () => {
  const folder = mkdtempSync(join(tmpdir(), "debugged-"));
  try {
    const limited = ["--workers", "2", "--call-timeout-seconds", "1"];
    await using server = await AgentServer.start(limited, { nodeArgs: ["--inspect=127.0.0.1:0"] });
    // A thread that computes answers nobody, as one at a breakpoint does.
    const standing = new Spinner({ name: "standing" }).toDist(server.at);
    const slow = new SlowReader({ name: "slow", setupMs: overLimitMs }).toDist(server.at);
    await standing();
    const path = join(folder, "go on");
    const content = new Msg({ name: "user", content: path, role: "user" });
    const reply = standing(content);
    const read = slow(new Msg({ name: "user", content: new Uint8Array(7), role: "user" }));
    await pause(overLimitMs);
    writeFileSync(path, "");
    expect(await reply.content).toBe(path);
    expect(await read.content).toBe(7);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
