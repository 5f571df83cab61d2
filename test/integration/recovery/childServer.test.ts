import { AgentServerNotAliveError, Msg } from "agentscope-distributed";
import { expect, test, vi } from "vitest";
import { Chronicle, RetryableChronicle } from "../../fixtures/agents/chronicle.js";
import { Passer } from "../../fixtures/agents/passer.js";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";
import { until } from "../../processes/until.js";

const say = (content: string) => new Msg({ name: "user", content, role: "user" });

// A child takes a second to start, on a busy machine some.
vi.setConfig({ testTimeout: 120_000 });

/** Each test has children of its own. */
let poolSize = 2000;
const ownChild = () => ({ maxPoolSize: ++poolSize, onServerLoss: "restart" as const });

test("an agent whose child server is killed is made again with its id and its state, and goes on", async () => {
  await using folder = await TemporaryFolder.make();
  const chronicle = new Chronicle({ name: "chronicle", log: folder.file("log") }).toDist(ownChild());
  const id = chronicle.agentId;
  for (const text of ["a", "b"]) await chronicle(say(text));
  const pid = await chronicle.pid();
  process.kill(pid, "SIGKILL");
  expect(await chronicle(say("c")).content).toBe("c: 3");
  expect(await chronicle.contents()).toEqual(["a", "b", "c"]);
  expect(await chronicle.pid()).not.toBe(pid);
  expect(await chronicle.get("agentId")).toBe(id);
  expect(await folder.lines("log")).toEqual(["a", "b", "c"]);
});

test("of the calls of a lost server the one that had begun fails and says so; those after it run once, in order", async () => {
  await using folder = await TemporaryFolder.make();
  const chronicle = new Chronicle({ name: "chronicle", log: folder.file("log") }).toDist(ownChild());
  expect(await chronicle(say("before")).content).toBe("before: 1");
  const begun = chronicle(say("die"));
  const after = ["x", "y", "z"].map((text) => chronicle(say(text)));
  const error = await begun.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AgentServerNotAliveError);
  expect(error).toMatchObject({ code: "SERVER_NOT_ALIVE", agentName: "chronicle" });
  expect(String(error)).toMatch(
    /this call of reply was not repeated: it had begun.*static retryable = true.*(SIGKILL|gone)/,
  );
  expect(await Promise.all(after.map((answer) => answer.content))).toEqual(["x: 2", "y: 3", "z: 4"]);
  expect(await folder.lines("log")).toEqual(["before", "die", "x", "y", "z"]);
});

test("a call that had begun is sent again where the class is retryable, before those that came after it", async () => {
  await using folder = await TemporaryFolder.make();
  const chronicle = new RetryableChronicle({ name: "chronicle", log: folder.file("log") }).toDist(ownChild());
  const pid = await chronicle.pid();
  const begun = chronicle(say("a"));
  await begun;
  const waiting = chronicle(say("wait"));
  const behind = chronicle(say("b"));
  await until(async () => (await folder.lines("log")).includes("wait"), { timeoutMs: 60_000, what: "the turn" });
  process.kill(pid, "SIGKILL");
  await until(async () => (await folder.lines("log")).filter((line) => line === "wait").length === 2, {
    timeoutMs: 60_000,
    what: "the second turn",
  });
  expect(await folder.lines("log")).toEqual(["a", "wait", "wait"]);
  void waiting.catch(() => {});
  void behind.catch(() => {});
});

test("a handle that another agent has follows to the new server, and so does a placeholder that was given away", async () => {
  await using folder = await TemporaryFolder.make();
  const chronicle = new Chronicle({ name: "chronicle", log: folder.file("log") }).toDist(ownChild());
  const passer = new Passer({ name: "passer" }).toDist({ maxPoolSize: ++poolSize });
  const message = new Msg({ name: "user", content: { chronicle }, role: "user" });
  const passed = (await passer(message).content) as { chronicle: typeof chronicle };
  expect(await passed.chronicle(say("a")).content).toBe("a: 1");
  const died = chronicle(say("die"));
  const given = passer(chronicle(say("b")));
  await expect(died).rejects.toThrow("had begun");
  expect(await given.content).toBe("b: 2");
  expect(await passed.chronicle(say("c")).content).toBe("c: 3");
});

test("an agent whose worker thread ends is made again in the one that takes its place", async () => {
  await using folder = await TemporaryFolder.make();
  const where = ownChild();
  const chronicle = new Chronicle({ name: "chronicle", log: folder.file("log") }).toDist(where);
  expect(await chronicle(say("a")).content).toBe("a: 1");
  const left = chronicle(say("leave"));
  const after = chronicle(say("b"));
  await expect(left).rejects.toThrow("had begun");
  expect(await after.content).toBe("b: 2");
});

test("a server that is lost again and again is given up, with an error that says how often it was started", async () => {
  await using folder = await TemporaryFolder.make();
  const chronicle = new RetryableChronicle({ name: "chronicle", log: folder.file("log") }).toDist(ownChild());
  const error = await chronicle(say("die")).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AgentServerNotAliveError);
  expect(String(error)).toContain('agent "chronicle" was lost with its server once more after 5 restarts within 60 s');
  expect(await folder.lines("log")).toHaveLength(6);
  await expect(chronicle(say("late"))).rejects.toThrow("after 5 restarts");
});
