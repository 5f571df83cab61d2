import { writeFile } from "node:fs/promises";
import { Msg, RpcAgentClient } from "agentscope-distributed";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Echo } from "../../fixtures/agents/echo.js";
import { Spinner } from "../../fixtures/agents/spinner.js";
import { AgentServer } from "../../processes/agentServer.js";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";

let server: AgentServer;
let folder: TemporaryFolder;

beforeAll(async () => {
  server = await AgentServer.start(["--workers", "1"]);
  folder = await TemporaryFolder.make();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const waitFor = (path: string) => new Msg({ name: "user", content: path, role: "user" });

test.each([
  ["a server", () => server.at],
  ["a child", () => ({})],
])(
  "an agent of %s computes one call after the other: the results of the first are here before the last begins",
  async (_, at) => {
    const spinner = new Spinner({ name: "S" }).toDist(at());
    await spinner.ready();
    const paths = ["a", "b", "c"].map((name) => folder.file(`${name}-${spinner.agentId}`));
    // All calls stand in the mailbox; each but the first can only end after the result before it was read here.
    const results = [spinner(), ...paths.map((path) => spinner(waitFor(path)))];
    for (const [index, path] of paths.entries()) {
      await results[index];
      await writeFile(path, "");
    }
    expect(await results.at(-1)?.content).toBe(paths.at(-1));
  },
);

test("agents of one worker take turns: what one of them has computed leaves before the next computes", async () => {
  const spinners = [1, 2, 3].map((index) => new Spinner({ name: `S${index}` }).toDist(server.at));
  await Promise.all(spinners.map((spinner) => spinner()));
  const paths = spinners.map((spinner) => folder.file(spinner.agentId));
  const results = spinners.map((spinner, index) => spinner(index === 0 ? undefined : waitFor(paths[index - 1] ?? "")));
  for (const [index, result] of results.entries()) {
    await result;
    await writeFile(paths[index] ?? "", "");
  }
  expect(await results[2]?.content).toBe(paths[1]);
});

test("a server with a long queue of computing calls does not count as stuck, and takes other calls between them", async () => {
  const spinner = new Spinner({ name: "S" }).toDist(server.at);
  const echo = new Echo({ name: "E" }).toDist(server.at);
  await Promise.all([spinner.ready(), echo.ready()]);
  const last = folder.file(`last-${spinner.agentId}`);
  const quick = Array.from({ length: 100 }, () => spinner());
  const final = spinner(waitFor(last));
  await using client = new RpcAgentClient(server.at);
  expect((await client.getAgentList()).map(({ agent_id }) => agent_id)).toContain(echo.agentId);
  await Promise.all(quick);
  await writeFile(last, "");
  await final;
  const { workers } = await client.getServerInfo();
  expect(workers).toMatchObject([{ stuck: false }]);
});
