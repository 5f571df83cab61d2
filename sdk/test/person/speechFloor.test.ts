import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SpeechFloor } from "../../src/person/speechFloor.js";

let printed = "";
let floor: SpeechFloor;

const say = (agent: string, text: string, last = false) =>
  floor.say({ speech: agent, agent, server: "here", text, last });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  printed = "";
  floor = new SpeechFloor(
    (text) => (printed += text),
    ({ agent }) => `${agent}: `,
  );
});

afterEach(() => {
  vi.useRealTimers();
});

describe("who speaks in the terminal", () => {
  it("is printed as it speaks, when it speaks alone", () => {
    say("A", "one ");
    expect(printed).toBe("A: one ");
    say("A", "two");
    expect(printed).toBe("A: one two");
    say("A", "", true);
    expect(printed).toBe("A: one two\n");
  });

  it("is named in each line", () => {
    say("A", "one\n\ntw");
    say("A", "o\n", true);
    expect(printed).toBe("A: one\nA:\nA: two\n");
  });

  it("is heard to the end; who began meanwhile comes after, whole", () => {
    say("A", "one ");
    say("B", "three ");
    say("B", "four", true);
    say("C", "five");
    say("A", "two", true);
    expect(printed).toBe("A: one two\nB: three four\nC: five");
  });

  it("loses the floor when it says nothing for a while and others wait", () => {
    say("A", "one");
    vi.advanceTimersByTime(10_000);
    say("B", "two");
    say("B", " and more");
    expect(printed).toBe("A: one");
    vi.advanceTimersByTime(1);
    expect(printed).toBe("A: one\nB: two and more");
    say("A", " and the rest", true);
    vi.advanceTimersByTime(300);
    say("B", "!");
    vi.advanceTimersByTime(300);
    expect(printed).toBe("A: one\nB: two and more!");
    vi.advanceTimersByTime(200);
    expect(printed).toBe("A: one\nB: two and more!\nA:  and the rest\n");
  });

  it("who says nothing at all is not printed", () => {
    say("A", "", true);
    say("B", "");
    say("B", "", true);
    expect(printed).toBe("");
  });

  it("goes on in a new line when something else is printed", () => {
    say("A", "one");
    floor.interrupt();
    printed += "something else\n";
    say("A", "two", true);
    expect(printed).toBe("A: one\nsomething else\nA: two\n");
  });

  it("is printed in full when the process ends", () => {
    say("A", "one");
    say("B", "two");
    say("C", "three", true);
    floor.flush();
    expect(printed).toBe("A: one\nB: two\nC: three\n");
  });

  it("is never mixed with others, and nothing is lost, however they interrupt each other", () => {
    const part = fc.record({
      agent: fc.constantFrom("A", "B", "C"),
      text: fc.string({ unit: fc.constantFrom("x", "y", " ", "\n"), maxLength: 5 }),
      pauseMs: fc.constantFrom(0, 0, 100, 500),
    });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        printed = "";
        for (const { agent, text, pauseMs } of parts) {
          say(agent, text);
          vi.advanceTimersByTime(pauseMs);
        }
        for (const agent of ["A", "B", "C"]) say(agent, "", true);
        floor.flush();
        const lines = printed.split("\n");
        expect(lines.pop()).toBe("");
        for (const agent of ["A", "B", "C"]) {
          const own = lines.filter((line) => line.startsWith(`${agent}:`)).map((line) => line.slice(3));
          const said = parts.flatMap((one) => (one.agent === agent ? [one.text] : [])).join("");
          expect(own.join("").replaceAll(" ", "")).toBe(said.replaceAll(/\s/g, ""));
        }
        expect(lines.every((line) => /^[ABC]:/.test(line))).toBe(true);
      }),
    );
  });
});
