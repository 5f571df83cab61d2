import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { awaitsInLoops } from "../../src/language/scripts/awaitInLoop.js";
import { parseScript } from "../../src/language/scripts/parseScript.js";
import { sideBySide } from "../../src/language/scripts/sideBySide.js";

const head = `import { Msg } from "agentscope-distributed";
import { Reader } from "./reader.js";
const agents = [new Reader({ name: "A" }).toDist(), new Reader({ name: "B" }).toDist()];
const one = new Reader({ name: "C" }).toDist();
const question: Msg = new Msg({ name: "user", role: "user", content: "why" });
`;

/** What is awaited in loops of a script, as it is written. */
function found(script: string, before = head): string[] {
  const text = before + script;
  const tree = parseScript(text, "/main.ts");
  if (tree === undefined) throw new Error("the script can't be parsed");
  return awaitsInLoops(tree).map(({ awaited }) => text.slice(awaited.start ?? 0, awaited.end ?? 0));
}

/** The script after what is proposed for its first finding. */
function mended(script: string): string | undefined {
  const text = head + script;
  const tree = parseScript(text, "/main.ts");
  const [first] = tree === undefined ? [] : awaitsInLoops(tree);
  const replacement = first && sideBySide(first, text);
  if (replacement === undefined) return undefined;
  const { start, end, text: instead } = replacement;
  return (text.slice(0, start) + instead + text.slice(end)).slice(head.length);
}

describe("a loop is found in which agents wait for each other for nothing", () => {
  test.each([
    ["for (const a of agents) { const r = await a(question); console.log(r.content); }", "await a(question)"],
    ["for (const a of agents) console.log(await a(question).content);", "await a(question).content"],
    ["const out = [];\nfor (const a of agents) out.push(await a(question));", "await a(question)"],
    ["for (const a of agents) { const r = a(question); console.log(await r.content); }", "await r.content"],
    ["for (let i = 0; i < agents.length; i++) { await agents[i](question); }", "await agents[i](question)"],
    ["for (const [i, a] of agents.entries()) { await a(question); console.log(i); }", "await a(question)"],
    ["for (const a of [one, ...[]].slice()) { await a(question); }", undefined],
    [
      "for (const text of ['x', 'y']) { const reader = new Reader({ name: text }).toDist(); const m = new Msg({ name: 'u', role: 'user', content: text }); await reader(m); }",
      "await reader(m)",
    ],
    [
      "const more = ['x', 'y'].map((name) => new Reader({ name }).toDist());\nfor (const a of more) await a(question);",
      "await a(question)",
    ],
  ])("%s", (script, awaited) => {
    expect(found(script)).toEqual(awaited === undefined ? [] : [awaited]);
  });
});

describe("a loop is left alone", () => {
  test.each([
    ["that passes the answer on to the next round", "let x = question;\nfor (const a of agents) { x = await a(x); }"],
    [
      "that collects what the next agent reads",
      "const seen = [];\nfor (const a of agents) { seen.push(await a(seen)); }",
    ],
    [
      "that asks one agent, which answers one call at a time anyhow",
      "for (const t of ['x', 'y']) { await one(question); }",
    ],
    [
      "that ends by what was answered",
      "for (const a of agents) { const r = await a(question); if (r.content === 'no') break; }",
    ],
    ["that waits for something else in between", "for (const a of agents) { await a(question); await pause(); }"],
    ["that tells another agent", "for (const a of agents) { const r = await a(question); one(r); }"],
    [
      "that tells the agents by their methods",
      "for (const a of agents) { const r = await a(question); agents[0].observe(r); }",
    ],
    ["that asks by what a function makes of everything", "for (const a of agents) { await a(prompt()); }"],
    [
      "whose question a function may change",
      "for (const a of agents) { const r = await a(question); note(question, r); }",
    ],
    [
      "that changes what the question is made of",
      "let n = 0;\nfor (const a of agents) { await a(new Msg({ name: 'u', role: 'user', content: `${n}` })); n++; }",
    ],
    [
      "whose question is made of what changes elsewhere",
      "const log = [];\nfunction add(r) { log.push(r); }\nfor (const a of agents) { add(await a(log)); }",
    ],
    ["that awaits nothing", "const all = [];\nfor (const a of agents) all.push(a(question));"],
    ["over things of which it is not known what they are", "for (const f of functions) { await f(question); }"],
    ["over agents whose list is changed", "agents.push(other);\nfor (const a of agents) await a(question);"],
    ["in a function that a loop calls", "for (const a of agents) { run(async () => await a(question)); }"],
    ["that awaits each round by the language", "for await (const r of agents.map((a) => a(question))) console.log(r);"],
    [
      "over names that are declared twice",
      "function f(agents) { for (const a of agents) { a(question); } }\nfor (const a of agents) { await a(question); }",
    ],
  ])("%s", (_, script) => {
    expect(found(script)).toEqual([]);
  });

  test("in a script with a hub, whose agents hear each other", () => {
    const withHub = head.replace("{ Msg }", "{ Msg, msgHub }");
    expect(found("for (const a of agents) await a(question);", withHub)).toEqual([]);
  });
});

describe("the agents are called first", () => {
  test("where answers are collected, in their order", () => {
    expect(mended("const out = [];\nfor (const a of agents) {\n  out.push(await a(question));\n}\n")).toBe(
      "const out = [];\nout.push(...(await Promise.all(agents.map((a) => a(question)))));\n",
    );
  });

  test("where each answer is worked with, in their order", () => {
    expect(mended("for (const a of agents) {\n  const r = await a(question);\n  console.log(r.content);\n}\n")).toBe(
      "for await (const r of agents.map((a) => a(question))) {\n  console.log(r.content);\n}\n",
    );
  });

  test("and nothing is proposed where that is not simple", () => {
    expect(mended("for (const a of agents) { const r = await a(question); console.log(a.name, r); }")).toBeUndefined();
    expect(mended("for (const a of agents) console.log(await a(question).content);")).toBeUndefined();
  });
});

test("a loop that passes any answer into any question is left alone, whatever stands around", () => {
  const name = fc.constantFrom("x", "last", "state.last", "seen[0]", "box.value.deep");
  const wrap = fc.constantFrom(
    (v: string) => v,
    (v: string) => `[question, ${v}]`,
    (v: string) => `new Msg({ name: "u", role: "user", content: ${v} })`,
    (v: string) => `${v} ?? question`,
    (v: string) => `{ before: ${v} }`,
    (v: string) => "`${" + v + "}`",
  );
  const noise = fc.array(
    fc.constantFrom("console.log(1);", "const k = 1;", "other.push(1);", "if (Math.random() > 2) console.log(2);"),
    { maxLength: 3 },
  );
  fc.assert(
    fc.property(
      fc.record({ target: name, argument: wrap, around: noise, isDirect: fc.boolean() }),
      ({ target, argument, around, isDirect }) => {
        const unique = around.filter((one, index) => around.indexOf(one) === index);
        const take = isDirect
          ? `${target} = await a(${argument(target)});`
          : `const r = await a(${argument(target)}); ${target} = r;`;
        const script = `let x, last; const state = {}, seen = [], box = { value: {} }, other = [];
        for (const a of agents) { ${unique.join(" ")} ${take} }`;
        expect(found(script)).toEqual([]);
      },
    ),
  );
});

test("any text is looked at without an error", () => {
  const pieces = fc.constantFrom(
    ..."for ( const a of agents ) { } await a(x) ; => class @d function async [ ] new Reader() .toDist() ` ${ } \" '".split(
      " ",
    ),
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const tree = parseScript(head + parts.join(" "), "/main.ts");
      expect(() => tree && awaitsInLoops(tree)).not.toThrow();
    }),
  );
});
