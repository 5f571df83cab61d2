import { AgentCallError, Msg, type RetryPolicy, withRetry } from "agentscope-distributed";
import { expect, test, vi } from "vitest";
import { Chronicle } from "../../fixtures/agents/chronicle.js";
import { Moody } from "../../fixtures/agents/moody.js";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";

vi.setConfig({ testTimeout: 120_000 });

const say = (text: string, fails = 0) => new Msg({ name: "user", content: { text, fails }, role: "user" });

const retry: RetryPolicy = { attempts: 3, on: ["AGENT_FAILED"], delayMs: 5 };

const places = [
  { where: "a child", make: () => new Moody({ name: "moody" }).toDist({ retry }) },
  { where: "this process", make: () => withRetry(new Moody({ name: "moody" }), retry) },
];

test.each(places)(
  "in $where a call that fails is made again before those after it, with what it was given",
  async ({ make }) => {
    const moody = make();
    const answers = [moody(say("a", 2)), moody(say("b")), moody(say("c", 1))];
    expect(await Promise.all(answers.map((answer) => answer.content))).toEqual(["a", "b", "c"]);
    expect(await moody.seen()).toEqual(["a", "a", "a", "b", "c", "c"]);
  },
);

test.each(places)("in $where it fails as without a policy once it was made as often as that says", async ({ make }) => {
  const moody = make();
  const error = await moody(say("a", 5)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AgentCallError);
  expect(String(error)).toContain("not now: a");
  expect(await moody.seen()).toEqual(["a", "a", "a"]);
});

test("a policy for one call is for that call, and a call whose input failed is not made again", async () => {
  const plain = new Moody({ name: "plain" }).toDist();
  const failed = plain(say("a", 1));
  const dependent = withRetry(plain, retry)(failed);
  await expect(failed).rejects.toThrow("not now: a");
  await expect(dependent).rejects.toThrow("was not run");
  expect(await withRetry(plain, retry)(say("b", 2)).content).toBe("b");
  expect(await plain.seen()).toEqual(["a", "b", "b", "b"]);
});

test("a call that may have begun on a lost server is repeated where the policy names that code", async () => {
  await using folder = await TemporaryFolder.make();
  const chronicle = new Chronicle({ name: "chronicle", log: folder.file("log") }).toDist({
    onServerLoss: "restart",
    retry: { attempts: 2, on: ["SERVER_NOT_ALIVE"], delayMs: 1 },
  });
  const died = chronicle(new Msg({ name: "user", content: "die", role: "user" }));
  await expect(died).rejects.toThrow("had begun");
  expect(await folder.lines("log")).toEqual(["die", "die"]);
});
