import { expect, test } from "vitest";
import { startScript } from "../../processes/script.js";

const reportedOnce = [
  "nothing reads it",
  "a field that nothing awaits",
  "passed on and not read",
  "observe that nothing awaits",
];
const notReported = [
  "kept and read late",
  "caught",
  "a field is caught",
  "awaited with others",
  "passed on and caught",
];

test.concurrent.each(["child", "local"])(
  "a failed call of a %s agent that nothing reads is reported once, when it is collected; one that is read is not",
  async (where) => {
    const args = [where, ...reportedOnce, ...notReported];
    await using main = startScript("unreadFailures", { args, nodeArgs: ["--expose-gc"] });
    await main.says("end", 25_000);
    expect(main.said.slice(0, -1)).toEqual([
      ...reportedOnce.map((what) => ({
        what,
        reported: [expect.stringMatching(/a call failed and nothing awaited its result: .*Error: \w+/) as string],
      })),
      ...notReported.map((what) => ({ what, reported: [] })),
    ]);
    expect(await main.endsWithin(15_000)).toEqual({ code: 0, signal: null });
    expect(main.stderr.match(/reported: /g)).toHaveLength(reportedOnce.length);
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
