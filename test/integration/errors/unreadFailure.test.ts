import { expect, test, vi } from "vitest";
import { startScript } from "../../processes/script.js";

vi.setConfig({ maxConcurrency: 3 });

const reportedOnce = [
  { where: "child", what: "nothing reads it" },
  { where: "child", what: "a field that nothing awaits" },
  { where: "child", what: "passed on and not read" },
  { where: "child", what: "observe that nothing awaits" },
  { where: "local", what: "nothing reads it" },
  { where: "local", what: "passed on and not read" },
];
const notReported = [
  { where: "child", what: "kept and read late" },
  { where: "child", what: "caught" },
  { where: "child", what: "a field is caught" },
  { where: "child", what: "awaited with others" },
  { where: "child", what: "passed on and caught" },
  { where: "local", what: "kept and read late" },
  { where: "local", what: "a field is caught" },
];

test.concurrent.each(reportedOnce)(
  "a failed call of a $where agent ($what) is reported once, when it is collected, and the process goes on",
  async ({ where, what }) => {
    await using main = startScript("unreadFailures", { args: [where, what], nodeArgs: ["--expose-gc"] });
    const { reported } = await main.says("reported");
    expect(reported).toEqual([expect.stringMatching(/a call failed and nothing awaited its result: .*Error: \w+/)]);
    expect(await main.endsWithin(5000)).toEqual({ code: 0, signal: null });
    expect(main.stderr.match(/reported: /g)).toHaveLength(1);
  },
);

test.concurrent.each(notReported)(
  "a failed call of a $where agent ($what) is not reported",
  async ({ where, what }) => {
    await using main = startScript("unreadFailures", { args: [where, what], nodeArgs: ["--expose-gc"] });
    expect(await main.says("reported")).toEqual({ reported: [] });
    expect(await main.endsWithin(5000)).toEqual({ code: 0, signal: null });
    expect(main.stderr).toBe("");
  },
);

test.concurrent("without a garbage collection a failed call that nothing reads is reported when the process ends", async () => {
  await using main = startScript("unreadFailures", { args: ["child", "nothing reads it"] });
  expect(await main.endsWithin(15_000)).toEqual({ code: 0, signal: null });
  expect(main.stderr).toMatch(
    /^reported: a call failed and nothing awaited its result: agent "F" on .* broken by x\n$/,
  );
});

test.concurrent("an agent that can't be made, and that nobody calls, is reported once", async () => {
  await using main = startScript("unreadFailures", { args: ["child", "an agent that can't be made"] });
  expect(await main.endsWithin(15_000)).toEqual({ code: 0, signal: null });
  expect(main.stderr).toMatch(/^reported: .*agent "U".*can't be made.*TypeError: thrown by setup\n$/);
});
