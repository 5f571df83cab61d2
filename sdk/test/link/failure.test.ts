import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AgentCallError,
  AgentCreationError,
  type AgentLabel,
  AgentScopeError,
  AgentServerNotAliveError,
  InvalidArgumentError,
  PlaceholderExpiredError,
} from "../../src/errors.js";
import { failureFromWire, failureOfAgent, failureToWire, quote, withChain } from "../../src/link/failure.js";
import { packValue, toWire, unpackValue } from "../../src/messages/valueCodec.js";
import { noReferences } from "../messages/sentValue.js";

const label = (name: string): AgentLabel => ({ name, id: `id of ${name}`, server: "127.0.0.1:1" });
const [a, b, c] = ["A", "B", "C"].map(label) as [AgentLabel, AgentLabel, AgentLabel];

const sent = (error: AgentScopeError): AgentScopeError =>
  failureFromWire(unpackValue(Uint8Array.from(packValue(toWire(failureToWire(error), noReferences))), noReferences));

function thrownBy(run: () => never): Error {
  try {
    run();
  } catch (thrown) {
    return thrown as Error;
  }
}

const failures: [string, AgentScopeError][] = [
  ["a call's", failureOfAgent(new RangeError("boom"), a)],
  ["a creation's", new AgentCreationError("can't be made", { agent: a, cause: new Error("no"), remoteStack: "at x" })],
  ["a dead server's", new AgentServerNotAliveError("it is gone", { server: "127.0.0.1:9" })],
  ["a dropped value's", new PlaceholderExpiredError("dropped")],
  ["another", new AgentScopeError("LIMIT_EXCEEDED", "the pool is full")],
];

describe("a failure that is sent", () => {
  it.each(failures)("is the same error: %s", (_what, error) => {
    const arrived = sent(error);
    expect(arrived.constructor).toBe(error.constructor);
    expect(arrived).toMatchObject({ code: error.code, message: error.message, name: error.name, chain: [] });
    expect(Object.entries(arrived)).toEqual(Object.entries(error));
  });

  it("keeps the original name, message and stack as cause, and the stack of where it failed", () => {
    const cause = new TypeError("boom");
    const arrived = sent(failureOfAgent(cause, a)) as AgentCallError;
    expect(arrived.cause).toBeInstanceOf(Error);
    expect(arrived.cause).toMatchObject({ name: "TypeError", message: "boom", stack: cause.stack });
    expect(arrived.remoteStack).toBe(cause.stack);
    expect(arrived).toMatchObject({ agentName: "A", agentId: "id of A", server: "127.0.0.1:1" });
  });

  it("keeps the causes of causes: the root of a nested call's failure too", () => {
    const inner = failureOfAgent(new RangeError("root"), b);
    const arrived = sent(sent(failureOfAgent(inner, a)));
    expect(arrived).toMatchObject({ code: "AGENT_FAILED", agentName: "A" });
    expect(arrived.cause).toMatchObject({ name: "AgentCallError", message: inner.message, code: "AGENT_FAILED" });
    expect((arrived.cause as Error).cause).toMatchObject({ name: "RangeError", message: "root" });
  });

  it("ends a chain of causes that is long, or goes around", () => {
    const error = new Error("around");
    error.cause = error;
    expect(sent(failureOfAgent(error, a)).cause).toMatchObject({ message: "around" });
    let deep = new Error("0");
    for (let level = 1; level < 500; level++) deep = new Error(String(level), { cause: deep });
    expect(sent(failureOfAgent(deep, a)).cause).toMatchObject({ message: "499" });
    let nested: AgentScopeError = failureOfAgent(new Error("root"), a);
    for (let level = 0; level < 500; level++) nested = failureOfAgent(nested, b);
    expect(sent(nested)).toMatchObject({ agentName: "B", code: "AGENT_FAILED" });
  });

  it("keeps the code of a cause, which tells Node's errors apart", () => {
    const cause = Object.assign(new Error("no such file"), { code: "ENOENT" });
    expect(sent(failureOfAgent(cause, a)).cause).toMatchObject({ message: "no such file", code: "ENOENT" });
  });

  it("survives errors whose fields are no text", () => {
    const odd = Object.assign(new Error("x"), { name: Symbol("n"), message: () => {}, stack: 5n, code: {} });
    expect(sent(failureOfAgent(odd, a)).cause).toMatchObject({ name: "Symbol(n)" });
  });

  it("says what was thrown, whatever it was", () => {
    const unprintable = Object.create(null) as object;
    for (const [thrown, message] of [
      ["a text", "a text"],
      [5, "thrown: 5"],
      [undefined, "thrown: undefined"],
      [Symbol("s"), "thrown: Symbol(s)"],
      [{ reason: 1 }, "thrown: { reason: 1 }"],
    ] as const) {
      expect(sent(failureOfAgent(thrown, a)).cause).toMatchObject({ message });
    }
    expect(sent(failureOfAgent(unprintable, a))).toBeInstanceOf(AgentCallError);
  });

  it("of bytes that are none is an error all the same", () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (fields) => {
        expect(failureFromWire(fields)).toBeInstanceOf(AgentScopeError);
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.array(fc.anything({ withNullPrototype: true }), { maxLength: 10 }), (fields) => {
        expect(failureFromWire(fields)).toBeInstanceOf(AgentScopeError);
      }),
      { numRuns: 300 },
    );
  });
});

describe("the failure of a call whose input failed", () => {
  it("has the same root, and the agents between in order", () => {
    const root = failureOfAgent(new Error("boom"), a);
    const error = withChain(withChain(root, b), c);
    expect(error.chain).toEqual([b, c]);
    expect(error).toMatchObject({ code: "AGENT_FAILED", agentName: "A", rootMessage: root.message });
    expect(error.cause).toBe(root.cause);
    expect(error.message).toBe(`"C" was not run, its input failed (A → B → C): ${root.message}`);
    expect(sent(error).message).toBe(error.message);
    expect(sent(error).chain).toEqual([b, c]);
  });

  it.each(failures)("is of the same kind as the root: %s", (_what, root) => {
    const error = withChain(root, b);
    expect(error.constructor).toBe(root.constructor);
    expect(error.code).toBe(root.code);
    expect(sent(error).message).toBe(error.message);
    expect(sent(error).constructor).toBe(root.constructor);
  });

  it("names only agents that were on the way, where the root is no agent's", () => {
    const gone = new AgentServerNotAliveError("it is gone", { server: "127.0.0.1:9" });
    const error = withChain(withChain(gone, b), c);
    expect(error.message).toBe(`"C" was not run, its input failed (B → C): it is gone`);
    expect(sent(error).message).toBe(error.message);
    expect(error).toMatchObject({ server: "127.0.0.1:9" });
    expect(withChain(sent(gone), b).message).toBe(`"B" was not run, its input failed (B): it is gone`);
  });

  it("stays short when the way was long", () => {
    let error = failureOfAgent(new Error("boom"), a);
    for (let step = 0; step < 2000; step++) error = withChain(error, label(`agent ${step}`));
    expect(error.message.length).toBeLessThan(2000);
    expect(error.message).toContain("A → agent 0 →");
    expect(error.message).toContain("→ agent 1999)");
    expect(error.chain.length).toBeLessThan(200);
    expect(error.chain[0]).toEqual(label("agent 0"));
    expect(error.chain.at(-1)).toEqual(label("agent 1999"));
  });
});

describe("what an agent's own code throws", () => {
  it("keeps the code of an error of this package, as of a nested call", () => {
    const nested = new InvalidArgumentError("not so");
    expect(failureOfAgent(nested, a)).toMatchObject({ code: "INVALID_ARGUMENT", cause: nested });
    expect(failureOfAgent(new Error("x"), a).code).toBe("AGENT_FAILED");
  });

  it("is told with the agent, its server, and the error's own words", () => {
    const thrown = thrownBy(() => {
      throw new RangeError("too much");
    });
    expect(failureOfAgent(thrown, a).message).toBe('agent "A" on 127.0.0.1:1 failed: RangeError: too much');
    expect(quote(b)).toBe('"B" on 127.0.0.1:1');
  });
});
