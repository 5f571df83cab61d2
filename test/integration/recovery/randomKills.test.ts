import { setTimeout as pause } from "node:timers/promises";
import * as fc from "fast-check";
import { Msg } from "agentscope-distributed";
import { expect, test } from "vitest";
import { Chronicle } from "../../fixtures/agents/chronicle.js";
import { Passer } from "../../fixtures/agents/passer.js";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";
import { until } from "../../processes/until.js";
import { endsOf } from "./callEnds.js";

const callCount = 60;
const runCount = 3;

/** When the child is killed: after so many calls have begun, and so much later. */
const kills = fc.array(
  fc.record({ afterCalls: fc.integer({ min: 1, max: 50 }), laterMs: fc.integer({ min: 0, max: 3 }) }),
  {
    minLength: 1,
    maxLength: 2,
  },
);

test("whenever a child is killed each call runs once or not at all, in order, and what was answered is remembered", async () => {
  let poolSize = 3000;
  await fc.assert(
    fc.asyncProperty(
      kills,
      fc.array(fc.boolean(), { minLength: callCount, maxLength: callCount }),
      async (plan, ways) => {
        await using folder = await TemporaryFolder.make();
        const chronicle = new Chronicle({ name: "chronicle", log: folder.file("log") }).toDist({
          maxPoolSize: ++poolSize,
          onServerLoss: "restart",
        });
        const passer = new Passer({ name: "passer" });
        let pid = await chronicle.pid();
        const calls = ways.map((isPassed, index) => {
          const text = `call ${index}`;
          const message = new Msg({ name: "user", content: text, role: "user" });
          // Some inputs are not there yet when the call is made.
          return { text, answer: chronicle(isPassed ? passer(message) : message) };
        });
        for (const { afterCalls, laterMs } of plan.toSorted((a, b) => a.afterCalls - b.afterCalls)) {
          await until(async () => (await folder.lines("log")).length >= afterCalls, {
            timeoutMs: 60_000,
            what: `${afterCalls} calls`,
          });
          await pause(laterMs);
          process.kill(pid, "SIGKILL");
          pid = await chronicle.pid();
        }
        const { answered, begun } = await endsOf(calls);
        const logged = await folder.lines("log");
        const made = calls.map(({ text }) => text);
        // In the order in which they were made, none twice: a part of the list of all.
        expect(made.filter((text) => logged.includes(text))).toEqual(logged);
        expect(logged).toEqual(expect.arrayContaining(answered));
        // What the journal has may have been killed before its first line.
        expect([...answered, ...begun]).toEqual(expect.arrayContaining(logged));
        expect([...answered, ...begun]).toHaveLength(callCount);
        expect(await chronicle.contents()).toEqual(expect.arrayContaining(answered));
      },
    ),
    { numRuns: runCount },
  );
}, 300_000);
