import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { AgentScopeError, PlaceholderExpiredError } from "../../src/errors.js";
import { CallResult } from "../../src/messages/callResult.js";
import { Msg } from "../../src/messages/msg.js";
import { Placeholder } from "../../src/messages/placeholder.js";
import { collectUntil } from "../gc.js";

const error = (message = "boom") => new AgentScopeError("AGENT_FAILED", message);
const message = () => new Msg({ name: "a", content: { text: "hello" }, role: "assistant", url: "u", metadata: [1] });

class Source {
  readonly fetched: CallResult<unknown>[] = [];
  readonly released: CallResult<unknown>[] = [];

  fetch(result: CallResult<unknown>): void {
    this.fetched.push(result);
  }

  release(result: CallResult<unknown>): void {
    this.released.push(result);
  }
}

describe("a result", () => {
  it("is a promise: then, catch, finally, await, and all that takes promises", async () => {
    const result = new CallResult<number>(undefined, 0);
    const seen: unknown[] = [];
    const all = Promise.all([result, result.then((value) => value + 1), result.finally(() => seen.push("ended"))]);
    result.fulfil(1);
    expect(await all).toEqual([1, 2, 1]);
    expect(seen).toEqual(["ended"]);
    expect(await result).toBe(1);
    expect(await Promise.race([result, new Promise(() => {})])).toBe(1);
    expect(Object.prototype.toString.call(result)).toBe("[object CallResult]");
    expect(Object.prototype.toString.call(new Placeholder(undefined, 0))).toBe("[object Placeholder]");
  });

  it("that failed rejects each of them, and resolves what catches", async () => {
    const result = new CallResult<number>(undefined, 0);
    const failure = error();
    const caught = result.catch((thrown: unknown) => thrown);
    const seen: unknown[] = [];
    const ended = result.finally(() => seen.push("ended")).catch(() => {});
    result.fail(failure);
    expect(await caught).toBe(failure);
    await ended;
    expect(seen).toEqual(["ended"]);
    await expect(result).rejects.toBe(failure);
    await expect(result.then(() => 1)).rejects.toBe(failure);
    expect(await result.then(undefined, () => "instead")).toBe("instead");
  });

  it("is heard of in the order in which code began to wait", async () => {
    for (const end of ["before", "after"]) {
      const result = new CallResult<number>(undefined, 0);
      if (end === "before") result.fulfil(1);
      const seen: string[] = [];
      const wait = async (name: string) => seen.push(`${name} ${await result}`);
      const all = [wait("first"), wait("second")];
      await nextTurn();
      const called = result.then((value) => value + 1);
      all.push(wait("third"));
      await nextTurn();
      result.fulfil(1);
      await Promise.all(all);
      expect(seen).toEqual(["first 1", "second 1", "third 1"]);
      expect(await called).toBe(2);
    }
  });

  it("that is given functions of the language has a promise for who wants one all the same", async () => {
    const [good, bad] = [new CallResult<number>(undefined, 0), new CallResult<number>(undefined, 0)];
    const ended: string[] = [];
    const given = [good, bad].map((result, index) => {
      return new Promise<number>((resolve, reject) => {
        const after = result.then(resolve, reject);
        expect(Object.prototype.toString.call(after)).toBe("[object Promise]");
        void after.then((value) => ended.push(`${index} ${String(value)}`)).finally(() => ended.push("finally"));
      });
    });
    await nextTurn();
    expect(ended).toEqual([]);
    good.fulfil(1);
    bad.fail(error());
    expect(await Promise.allSettled(given)).toMatchObject([{ value: 1 }, { reason: { message: "boom" } }]);
    await nextTurn();
    expect(ended).toEqual(["0 undefined", "1 undefined", "finally", "finally"]);
  });

  it("ends once: what comes later changes nothing", async () => {
    const result = new CallResult<number>(undefined, 0);
    result.fulfil(1);
    result.fail(error());
    result.fulfil(2);
    result.keep(() => {});
    expect(await result).toBe(1);
    const failed = new CallResult<number>(undefined, 0);
    failed.fail(error("first"));
    failed.fulfil(1);
    failed.fail(error("second"));
    await expect(failed).rejects.toThrow("first");
  });

  it("calls each waiter once, those of a chain one after the other", () => {
    const results = Array.from({ length: 20_000 }, () => new CallResult<number>(undefined, 0));
    results.forEach((result, index) => {
      result.whenRead(({ outcome }) => results[index + 1]?.fulfil((outcome as number) + 1));
    });
    results[0]?.fulfil(1);
    expect(results.at(-1)?.outcome).toBe(20_000);
  });

  it("tells the other waiters, and those of other results, though one throws", async () => {
    const [first, second] = [new CallResult<number>(undefined, 0), new CallResult<number>(undefined, 0)];
    const seen: unknown[] = [];
    second.whenRead(() => seen.push("second"));
    first.whenRead(() => second.fulfil(2));
    first.whenRead(() => {
      throw new Error("a waiter's own");
    });
    expect(() => first.fulfil(1)).toThrow("a waiter's own");
    await nextTurn();
    expect(seen).toEqual(["second"]);
    expect(await first).toBe(1);
  });

  it("calls back at once when it has ended", () => {
    const result = new CallResult<number>(undefined, 0);
    result.fulfil(1);
    let seen: unknown;
    result.whenRead(({ state, outcome }) => (seen = [state, outcome]));
    expect(seen).toEqual(["value", 1]);
  });
});

describe("a value that stays on its server", () => {
  it("is fetched when it is asked for, once", async () => {
    const source = new Source();
    const result = new CallResult<string>(source, 1);
    result.keep(() => {});
    await nextTurn();
    expect(source.fetched).toEqual([]);
    const values = Promise.all([result, result.then((value) => value)]);
    result.whenRead(() => {});
    expect(source.fetched).toEqual([result]);
    result.fulfil("large");
    expect(await values).toEqual(["large", "large"]);
    expect(source.released).toEqual([result]);
  });

  it("that can't be fetched is an error, also where that is known at once", async () => {
    const failing = { fetch: (result: CallResult<unknown>) => result.fail(error("gone")), release: () => {} };
    const result = new CallResult<string>(failing, 1);
    result.keep(() => {});
    await expect(result).rejects.toThrow("gone");
    const here = { fetch: (other: CallResult<unknown>) => other.fulfil("at once"), release: () => {} };
    const other = new CallResult<string>(here, 1);
    other.keep(() => {});
    expect(await other).toBe("at once");
  });

  it("is fetched at once when somebody waits already", () => {
    const source = new Source();
    const result = new CallResult<string>(source, 1);
    void result.then();
    result.keep(() => {});
    expect(source.fetched).toEqual([result]);
  });

  it("is released there when nothing here refers to it any more", async () => {
    const released: unknown[] = [];
    (() => new CallResult(new Source(), 1).keep(() => released.push("now")))();
    await collectUntil(() => released.length > 0);
    expect(released).toEqual(["now"]);
  });

  it("that was dropped is an error that says so", async () => {
    const result = new CallResult<string>(new Source(), 1);
    result.keep(() => {});
    result.expire("it was pushed out");
    await expect(result).rejects.toBeInstanceOf(PlaceholderExpiredError);
    await expect(result).rejects.toThrow("it was pushed out");
  });
});

describe("the release of a result", () => {
  it("comes when it has ended, and when every call that was given it by reference has", () => {
    const source = new Source();
    const result = new CallResult<number>(source, 1);
    result.pins = 2;
    result.fulfil(1);
    expect(source.released).toEqual([]);
    result.unpin();
    expect(source.released).toEqual([]);
    result.unpin();
    expect(source.released).toEqual([result]);
  });

  it("waits for its end when the calls have ended before", () => {
    const source = new Source();
    const result = new CallResult<number>(source, 1);
    result.pins = 1;
    result.unpin();
    expect(source.released).toEqual([]);
    result.fail(error());
    result.markRead();
    expect(source.released).toEqual([result]);
  });
});

describe("a placeholder's fields", () => {
  const names = ["id", "name", "role", "content", "url", "metadata", "timestamp"] as const;

  it("are those of the message, once it is there", async () => {
    const result = new Placeholder(undefined, 0);
    const early = names.map((name) => result[name]);
    const real = message();
    result.fulfil(real);
    expect(await Promise.all(early)).toEqual(names.map((name) => real[name]));
    for (const name of names) expect(await result[name]).toEqual(real[name]);
    expect(await result).toBe(real);
  });

  it("reject as the placeholder does", async () => {
    const result = new Placeholder(undefined, 0);
    const failure = error();
    result.fail(failure);
    for (const name of names) await expect(Promise.resolve(result[name])).rejects.toBe(failure);
  });

  it("ask for a value that stays on its server only when they are awaited", () => {
    const source = new Source();
    const result = new Placeholder(source, 1);
    result.keep(() => {});
    const { content } = result;
    expect(source.fetched).toEqual([]);
    void content.then(undefined);
    expect(source.fetched).toEqual([result]);
  });
});
