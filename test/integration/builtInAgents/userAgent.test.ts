import { setTimeout as pause } from "node:timers/promises";
import { RpcAgentClient } from "agentscope-distributed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AgentServer } from "../../processes/agentServer.js";
import { startScript } from "../../processes/script.js";

let server: AgentServer;

beforeAll(async () => {
  server = await AgentServer.start(["--workers", "2"]);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** The name of a server's agents in the terminal: nothing for the main process. */
const placeless = (text: string) => text.replaceAll(/ \(127\.0\.0\.1:\d+\)/g, "");

interface Said {
  content?: string;
  role?: string;
  metadata?: unknown;
  code?: string;
  message?: string;
}

/** Runs the interview with an input; gives what the user agents said, and what stood in the terminal. */
async function interview(deployments: string, input: string, ...more: string[]) {
  await using script = startScript("interview", { args: [deployments, ...more], input });
  const { said } = (await script.says("said")) as { said: Said[] };
  expect(await script.endsWithin(15_000)).toEqual({ code: 0, signal: null });
  return {
    said,
    terminal: placeless(script.stdout.replace(/^\{.*\n/m, "")),
    raw: script.stdout,
    stderr: script.stderr,
  };
}

describe.each([
  ["local", () => "local"],
  ["in child processes", () => "child"],
  ["on an agent server", () => server.address],
])("user agents that are %s", (_, where) => {
  test("ask at the terminal of the main process", async () => {
    const { said, terminal, stderr } = await interview([where(), where()].join(","), "Ada\nBob\n36\nParis\n");
    expect(said).toEqual([
      { content: "Ada", role: "user", metadata: null },
      { content: "Bob", role: "user", metadata: { age: "36", town: "Paris" } },
    ]);
    expect(terminal).toBe("U0: Ada\nU1: Bob\nU1: age: 36\nU1: town: Paris\n");
    expect(stderr).toBe("");
  });

  test("get an error, and no silence, when the input has ended", async () => {
    const { said } = await interview([where(), where()].join(","), "Ada\n");
    expect(said[0]?.content).toBe("Ada");
    expect(said[1]?.code).toBe("NO_ANSWER");
    expect(said[1]?.message).toMatch(/"U1".*the input has ended, so that nobody can answer/);
  });

  test("get an error when there is no input at all", async () => {
    await using script = startScript("interview", { args: [where()] });
    const { said } = (await script.says("said")) as { said: Said[] };
    expect(said[0]?.code).toBe("NO_ANSWER");
  });
});

test("several user agents ask one after the other, also those of different servers, and keep their questions together", async () => {
  const input = "1\n2\n3\n4\n5\n6\n";
  const { said, terminal } = await interview(`local,child,${server.address},child`, input, "together");
  const lines = terminal.trim().split("\n");
  expect(lines).toHaveLength(6);
  const middle = lines.findIndex((line) => line.startsWith("U1"));
  expect(lines.slice(middle, middle + 3).map((line) => line.replace(/ \d$/, ""))).toEqual([
    "U1:",
    "U1: age:",
    "U1: town:",
  ]);
  const answers = said.flatMap(({ content, metadata }) => [content, ...Object.values(metadata ?? {})]);
  expect(new Set(answers)).toEqual(new Set(["1", "2", "3", "4", "5", "6"]));
});

test("a prompt names the agent and its server", async () => {
  const { raw } = await interview(server.address, "Ada\n");
  expect(raw).toContain(`U0 (${server.address}): Ada\n`);
});

test("who types takes the time it takes, and a question of a server that is gone is not waited for", async () => {
  await using other = await AgentServer.start(["--workers", "1", "--call-timeout-seconds", "1"]);
  await using script = startScript("interview", { args: [`${other.address},${other.address}`], input: "open" });
  await script.prints("U0");
  // Longer than a turn may last there, and than its check takes.
  await pause(2500);
  script.type("late");
  await script.prints("U1");
  await other.crash();
  const { said } = (await script.says("said")) as { said: Said[] };
  expect(said[0]?.content).toBe("late");
  expect(said[1]?.code).toBe("SERVER_NOT_ALIVE");
  expect(await script.endsWithin(15_000)).toEqual({ code: 0, signal: null });
});

test("a question of an agent that is deleted is not waited for", async () => {
  await using script = startScript("interview", { args: [server.address], input: "open" });
  await script.prints("U0");
  await using client = new RpcAgentClient(server.at);
  const agents = await client.getAgentList();
  for (const { agent_id: id } of agents) await client.deleteAgent(id);
  const { said } = (await script.says("said")) as { said: Said[] };
  expect(said[0]?.code).toBe("AGENT_NOT_FOUND");
  expect(await script.endsWithin(15_000)).toEqual({ code: 0, signal: null });
});

test("who is kept out of the terminal with AGENTSCOPE_QUIET asks all the same", async () => {
  await using script = startScript("interview", {
    args: [server.address],
    input: "Ada\n",
    env: { AGENTSCOPE_QUIET: "1" },
  });
  const { said } = (await script.says("said")) as { said: Said[] };
  expect(said[0]?.content).toBe("Ada");
  expect(script.stdout).toContain(": Ada\n");
});

test("a question ends with the main program, and the agent server goes on", async () => {
  await using script = startScript("interview", { args: [server.address], input: "open" });
  await script.prints("U0");
  script.kill("SIGKILL");
  await script.endsWithin(15_000);
  const { said } = await interview(server.address, "Ada\n");
  expect(said[0]?.content).toBe("Ada");
});
