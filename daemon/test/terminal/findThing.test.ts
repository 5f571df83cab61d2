import type { RequestType } from "vscode-jsonrpc";
import { expect, test } from "vitest";
import {
  getPlaceholder,
  listAgents,
  listPlaceholders,
  listQuestions,
  listRuns,
  listServers,
} from "../../src/protocol/index.js";
import type { Asking } from "../../src/terminal/asking.js";
import { findAgent, findQuestion, findRun, findServer, findWaiting } from "../../src/terminal/findThing.js";

/** A daemon's answers, by the names of its requests. */
function daemon(answers: Record<string, unknown>): Asking {
  return {
    request: async <Params, Result>({ method }: RequestType<Params, Result, void>) => {
      if (!(method in answers)) throw new Error(`was asked ${method}`);
      return answers[method] as Result;
    },
  };
}

const agents = [
  { agentId: "aaa-1", name: "Ann", serverId: "s1" },
  { agentId: "aab-2", name: "Ben", serverId: "s1" },
  { agentId: "ccc-3", name: "Ben", serverId: "s2" },
];
const page = (rows: unknown[]) => ({ total: rows.length, offset: 0, rows });

test("an agent is found by its id, the beginning of it, or its name", async () => {
  const asked = daemon({ [listAgents.method]: page(agents) });
  expect(await findAgent(asked, "aab-2")).toMatchObject({ name: "Ben" });
  expect(await findAgent(asked, "ccc")).toMatchObject({ agentId: "ccc-3" });
  expect(await findAgent(asked, "Ann")).toMatchObject({ agentId: "aaa-1" });
});

test("a name of two agents is refused with their ids and where they are", async () => {
  const asked = daemon({ [listAgents.method]: page(agents) });
  await expect(findAgent(asked, "Ben")).rejects.toThrow(
    '"Ben" can mean each of these; type the id of one:\n  aab-2 on s1\n  ccc-3 on s2',
  );
});

test("what is not there is refused with the command that lists what is", async () => {
  const asked = daemon({ [listAgents.method]: page([]), [listServers.method]: [], [listQuestions.method]: [] });
  await expect(findAgent(asked, "Dan")).rejects.toThrow('there is no agent "Dan"; as-studio ps shows');
  await expect(findServer(asked, "far\u001b[2J")).rejects.toThrow('there is no server "far"; as-studio ps');
  await expect(findQuestion(asked, "q")).rejects.toThrow('there is no open question "q"; as-studio answer');
});

test("nothing typed means nothing, not everything", async () => {
  const asked = daemon({ [listRuns.method]: page([{ runId: "r1", name: "main.js" }]) });
  await expect(findRun(asked, "")).rejects.toThrow("there is no run");
  expect(await findRun(asked, "main.js")).toMatchObject({ runId: "r1" });
});

test("what waits is an agent of a server, one of a script's own process, or a placeholder", async () => {
  const asked = daemon({
    [listAgents.method]: page(agents),
    [listRuns.method]: page([
      { runId: "r1", state: "running" },
      { runId: "r2", state: "failed" },
    ]),
    [listPlaceholders.method]: page([{ agentId: "local-1", agent: "Cid" }]),
    [getPlaceholder.method]: { agent: "Dan" },
  });
  expect(await findWaiting(asked, "Ann")).toEqual({ agentId: "aaa-1", name: "Ann" });
  expect(await findWaiting(asked, "Cid")).toEqual({ agentId: "local-1", name: "Cid" });
  expect(await findWaiting(asked, "instance.0/7")).toEqual({ placeholderId: "instance.0/7", name: "Dan" });
});
