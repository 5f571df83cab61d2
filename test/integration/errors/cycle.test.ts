import { AgentCallError, type DistOptions, Msg } from "agentscope-distributed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CircleMember } from "../../fixtures/agents/circle.js";
import { AgentServer } from "../../processes/agentServer.js";

let first: AgentServer;
let second: AgentServer;

beforeAll(async () => {
  [first, second] = await Promise.all([AgentServer.start(["--workers", "2"]), AgentServer.start(["--workers", "1"])]);
});

afterAll(async () => {
  await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()]);
});

const say = (content: unknown) => new Msg({ name: "user", content, role: "user" });

const ways: [string, () => (DistOptions | undefined)[]][] = [
  ["here", () => [undefined, undefined, undefined]],
  ["in child processes", () => [{}, {}, {}]],
  ["on one agent server of two workers", () => [first.at, first.at, first.at]],
  ["on two agent servers", () => [first.at, second.at, first.at]],
  ["here, in a child process and on a server", () => [undefined, {}, second.at]],
];

describe.each(ways)("agents %s", (_, placesOf) => {
  /** Each one asks the next, and the last one the first. */
  async function circle(count: number): Promise<CircleMember[]> {
    const places = placesOf();
    const members = Array.from({ length: count }, (_unused, index) => {
      const member = new CircleMember({ name: `M${index}` });
      const at = places[index % places.length];
      return (at === undefined ? member : member.toDist(at)) as CircleMember;
    });
    await Promise.all(
      members.map((member, index) => Promise.resolve(member.meet(members[(index + 1) % count] as CircleMember))),
    );
    return members;
  }

  test.each([1, 2, 3, 5])(
    "a circle of %i that would wait for itself is an error at once, which names the circle",
    async (count) => {
      const members = await circle(count);
      const start = performance.now();
      const call = (members[0] as CircleMember)(say(count === 2 ? "by a field" : "ask"));
      const error = await call.then(String, (thrown: unknown) => thrown);
      expect(performance.now() - start).toBeLessThan(1000);
      expect(error).toBeInstanceOf(AgentCallError);
      expect(error).toMatchObject({ code: "CALL_CYCLE" });
      const names = Array.from({ length: count }, (_unused, index) => `M${index}`);
      // Whichever wait closed the circle, its way names each member once and ends where it began.
      const rounds = names.map((_name, start_) => {
        const turned = [...names.slice(start_), ...names.slice(0, start_)];
        return [...turned, turned[0]].join(" → ");
      });
      expect(
        rounds.filter((round) => String(error).includes(round)),
        String(error),
      ).toHaveLength(1);
      // The agents are free again.
      for (const member of members) expect(await member(say("alone")).content).toBe("alone");
    },
  );

  test("a circle in which somebody does not wait is none", async () => {
    const [one, two] = await circle(2);
    expect(await one?.(say("without waiting")).content).toBe("not waited");
    // That one's question came back to the first, who asked it again: a circle by now.
    await expect(two?.(say("ask"))).rejects.toMatchObject({ code: "CALL_CYCLE" });
    expect(await one?.(say("alone")).content).toBe("alone");
  });

  test("two callers in the same direction wait for each other's turn, and both get an answer", async () => {
    const places = placesOf();
    const end = new CircleMember({ name: "end" });
    const endAt = places[2];
    const asked = (endAt === undefined ? end : end.toDist(endAt)) as CircleMember;
    const callers = places.map((at, index) => {
      const member = new CircleMember({ name: `C${index}` });
      return (at === undefined ? member : member.toDist(at)) as CircleMember;
    });
    await Promise.all(callers.map((caller) => Promise.resolve(caller.meet(asked))));
    const answers = callers.flatMap((caller) => [1, 2, 3, 4].map((number) => caller(say(number)).content));
    expect(await Promise.all(answers)).toEqual(callers.flatMap(() => [1, 2, 3, 4]));
  });
});
