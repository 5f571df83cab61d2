import { expect, test, vi } from "vitest";
import { Msg, RpcAgentClient } from "agentscope-distributed";
import { Echo } from "../../fixtures/agents/echo.js";
import { AgentServer } from "../../processes/agentServer.js";
import { startScript } from "../../processes/script.js";
import { until } from "../../processes/until.js";

vi.setConfig({ testTimeout: 120_000 });

test("agents whose process is gone are orphaned and removed after a while, but for those that are to stay", async () => {
  await using server = await AgentServer.start(["--workers", "2", "--orphan-grace-seconds", "4"]);
  await using client = new RpcAgentClient(server.at);
  const list = async () => new Map((await client.getAgentList()).map((agent) => [agent.name, agent]));
  await using main = startScript("leavesAgents", { args: [String(server.port)] });
  await main.says("made", 60_000);
  const taken = new Echo({ name: "taken" }).toDist({ ...server.at, agentId: "taken", connectExisting: true });
  await taken.ready();
  expect([...(await list()).keys()].sort()).toEqual(["kept", "named", "plain", "taken"]);
  main.kill("SIGKILL");
  const orphaned = await until(async () => (await list()).get("plain")?.["orphaned_since"], {
    timeoutMs: 60_000,
    what: "an orphaned agent",
  });
  expect(Math.abs(Date.now() - Date.parse(String(orphaned)))).toBeLessThan(10_000);
  for (const name of ["kept", "named", "taken"]) expect((await list()).get(name)).not.toHaveProperty("orphaned_since");
  await until(async () => !(await list()).has("plain"), { timeoutMs: 60_000, what: "the end of the orphaned agent" });
  expect([...(await list()).keys()].sort()).toEqual(["kept", "named", "taken"]);
  expect(await taken(new Msg({ name: "user", content: "still here", role: "user" })).content).toBe("still here");
});
