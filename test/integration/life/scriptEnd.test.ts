import { afterAll, beforeAll, expect, test } from "vitest";
import { RpcAgentClient } from "agentscope-distributed";
import { AgentServer } from "../../processes/agentServer.js";
import { groupMembers } from "../../processes/processTable.js";
import { startScript } from "../../processes/script.js";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";
import { until } from "../../processes/until.js";

let server: AgentServer;

beforeAll(async () => {
  server = await AgentServer.start(["--workers", "1"]);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

test.each(["all", "one", "nothing"])(
  "a script that awaits %s of its calls ends by itself with its last call, and all of them have run",
  async (what) => {
    await using folder = await TemporaryFolder.make();
    await using main = startScript("unawaited", { args: [folder.file("log"), String(server.port), what] });
    await main.says("end");
    expect(await main.endsWithin(15_000)).toEqual({ code: 0, signal: null });
    expect(main.stderr).toBe("");
    const replies = (await folder.lines("log")).filter((line) => line.endsWith(" reply"));
    expect(replies).toHaveLength(5);
    await until(() => groupMembers(main.pid).length === 0, { timeoutMs: 2000, what: "the end of its children" });
  },
);

test("a script whose handles, children and connections are open and idle ends at once", async () => {
  await using folder = await TemporaryFolder.make();
  await using main = startScript("unawaited", { args: [folder.file("log"), String(server.port), "all"] });
  await main.says("end");
  const start = performance.now();
  await main.endsWithin(15_000);
  expect(performance.now() - start).toBeLessThan(1000);
});

test("an agent server outlives the main processes, with the agents that they made", async () => {
  await using client = new RpcAgentClient(server.at);
  await client.deleteAllAgent();
  for (const name of ["one", "nothing"]) {
    await using folder = await TemporaryFolder.make();
    await using main = startScript("unawaited", { args: [folder.file("log"), String(server.port), name] });
    await main.endsWithin(15_000);
  }
  expect((await client.getAgentList()).map(({ name }) => name).sort()).toEqual([
    "E1",
    "E1",
    "T",
    "T",
    "remote",
    "remote",
  ]);
});
