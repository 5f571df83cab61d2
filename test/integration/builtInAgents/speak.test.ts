import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Msg, RpcAgentClient } from "agentscope-distributed";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Speaker } from "../../fixtures/agents/speaker.js";
import { AgentServer } from "../../processes/agentServer.js";
import { scriptPath, startScript } from "../../processes/script.js";

let server: AgentServer;

beforeAll(async () => {
  server = await AgentServer.start(["--workers", "2"]);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const text = "one two three\nfour five six";

test("what agents say is in the main process's terminal, by lines, with the agent and its server, wherever they live", async () => {
  await using script = startScript("speeches", { args: [server.address] });
  const { contents } = await script.says("contents");
  expect(contents).toEqual([text, text, text]);
  const lines = script.stdout.split("\n").filter((line) => line !== "" && !line.startsWith("{"));
  const said: Record<string, string[]> = {};
  const places: Record<string, string> = {};
  for (const line of lines) {
    const [, name = "", place = "here", words = ""] = /^(.*?)(?: \((.*)\))?: (.*)$/.exec(line) ?? [];
    places[name] = place;
    (said[name] ??= []).push(words.trim());
  }
  const whole = Object.fromEntries(Object.entries(said).map(([name, parts]) => [name, parts.join(" ")]));
  const words = text.replace("\n", " ");
  expect(whole).toEqual({
    local: words,
    child: words,
    "child of child": words,
    far: words,
    "beside far": words,
  });
  expect(places).toMatchObject({ local: "here", far: server.address, "beside far": server.address });
  expect(new Set(Object.values(places)).size).toBe(4);
  expect(await script.endsWithin(15_000)).toEqual({ code: 0, signal: null });
  expect(server.stdout).not.toContain("one two");
});

test("an agent has said everything before its reply is there", async () => {
  await using script = startScript("speeches", { args: [server.address] });
  await script.says("contents");
  expect(script.stdout.trimEnd().split("\n").at(-1)).toMatch(/^\{/);
});

test("with AGENTSCOPE_QUIET nobody speaks, and everybody answers", async () => {
  await using script = startScript("speeches", { args: [server.address], env: { AGENTSCOPE_QUIET: "1" } });
  const { contents } = await script.says("contents");
  expect(contents).toEqual([text, text, text]);
  expect(script.stdout.trim().split("\n")).toHaveLength(1);
});

test("an agent whose maker is gone answers others all the same", async () => {
  await using script = startScript("speeches", { args: [server.address] });
  await script.says("contents");
  await script.endsWithin(15_000);
  const client = new RpcAgentClient(server.at);
  const agents = await client.getAgentList();
  const agentId = agents.find(({ name }) => name === "far")?.agent_id;
  expect(agentId).toBeDefined();
  const again = new Speaker({ name: "far" }).toDist({ ...server.at, agentId, connectExisting: true });
  const begun = performance.now();
  expect(await again(new Msg({ name: "u", content: "still here", role: "user" })).content).toBe("still here");
  expect(performance.now() - begun).toBeLessThan(1000);
  client.close();
});

test("a closed terminal disturbs no agent", async () => {
  const run = promisify(execFile);
  const { stderr } = await run("sh", [
    "-c",
    `"${process.execPath}" "${scriptPath("speeches")}" ${server.address} stderr | true`,
  ]);
  expect(JSON.parse(stderr)).toEqual({ contents: [text, text, text] });
});
