import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { AgentBase } from "../../src/agents/agentBase.js";
import { RpcAgent } from "../../src/agents/rpcAgent.js";
import { InvalidArgumentError } from "../../src/errors.js";
import { CallResult } from "../../src/messages/callResult.js";
import { Msg } from "../../src/messages/msg.js";
import { Placeholder } from "../../src/messages/placeholder.js";
import { createHandle } from "../../src/runtime/handle.js";
import { targetOf } from "../../src/runtime/agentTarget.js";

class Worker extends AgentBase {
  count = 0;

  get half(): number {
    return this.count / 2;
  }

  override async reply(input?: Msg | Msg[]): Promise<Msg> {
    return new Msg({ name: this.name, content: (input as Msg | undefined)?.content ?? null, role: "assistant" });
  }

  add(number: number, about?: Msg<number>): number {
    this.count += number + (about?.content ?? 0);
    return this.count;
  }
}

type Handle = RpcAgent<Worker> & Record<string, unknown>;

function handles(): { typed: Handle; untyped: Handle } {
  const make = () => targetOf(new Worker({ name: "W" }));
  return {
    typed: createHandle(make(), Worker.prototype) as Handle,
    untyped: createHandle(make()) as Handle,
  };
}

describe.each(["typed", "untyped"] as const)("a handle of an agent (%s)", (kind) => {
  it("is called like the agent: by itself, by reply, by observe, by its methods", async () => {
    const handle = handles()[kind];
    const message = new Msg({ name: "s", content: 5, role: "user" });
    expect(handle(message)).toBeInstanceOf(Placeholder);
    expect(await handle(message).content).toBe(5);
    expect(await handle.reply(message).content).toBe(5);
    const observed = handle.observe(message);
    expect(observed).toBeInstanceOf(CallResult);
    expect(await observed).toBeUndefined();
    expect(await handle.add(2)).toBe(2);
    expect(await handle.add(1, handle(message) as unknown as Msg<number>)).toBe(8);
    expect(await handle.get("count")).toBe(8);
    expect(await handle.get("half")).toBe(4);
    expect(await handle.get("nothing")).toBeUndefined();
  });

  it("knows name and id at once, and when it is made", async () => {
    const handle = handles()[kind];
    expect(handle.name).toBe("W");
    expect(handle.agentId).toMatch(/^[0-9a-f]{32}$/);
    await handle.ready();
    expect(JSON.parse(handle.toString())).toMatchObject({ name: "W", type: "Worker", agent_id: handle.agentId });
  });

  it("is not called by what only looks at it", async () => {
    const handle = handles()[kind];
    // oxlint-disable-next-line typescript/await-thenable
    expect(await handle).toBe(handle);
    expect(JSON.stringify({ handle })).toBe("{}");
    expect(inspect(handle)).toContain(handle.agentId);
    expect(String(handle)).toContain('"name":"W"');
    expect(Symbol.iterator in handle).toBe(false);
    expect(handle["constructor"]).toBeUndefined();
    expect("then" in handle).toBe(false);
    expect([handle, handle].includes(handle)).toBe(true);
    expect(await handle.get("count")).toBe(0);
  });

  it("is known as one, and can't be distributed again or written to", () => {
    const handle = handles()[kind];
    expect(handle).toBeInstanceOf(RpcAgent);
    expect(() => (handle as unknown as Worker).toDist()).toThrow(InvalidArgumentError);
    expect(() => (handle as unknown as Worker).toDist()).toThrow(/"W" is distributed already/);
    expect(() => {
      handle["count"] = 5;
    }).toThrow(/count of a distributed agent can't be set from here/);
  });

  it("refuses what can't travel at the call, with its path", () => {
    const handle = handles()[kind];
    const content = { a: [{ fn: () => {} }] };
    expect(() => handle(new Msg({ name: "s", content, role: "user" }))).toThrow(/^content\.a\[0\]\.fn is a function/);
    expect(() => handle.add(content as unknown as number)).toThrow(/^arguments\[0\]\.a\[0\]\.fn is a function/);
  });
});

describe("a handle of an agent whose class is here", () => {
  it("has the methods of the class, and no others", () => {
    const { typed } = handles();
    expect(typed).toBeInstanceOf(Worker);
    expect(typeof typed.add).toBe("function");
    expect(typed["nothing"]).toBeUndefined();
    for (const name of ["__proto__", "hasOwnProperty", "valueOf", "bind"]) expect(typed[name]).toBeUndefined();
  });

  it("says how a property is read", () => {
    const { typed } = handles();
    expect(() => typed["half"]).toThrow(/half is a property of agent "W".*await agent\.get\("half"\)/);
  });
});

it("what is no handle is none", () => {
  for (const value of [() => {}, {}, null, new Worker({ name: "W" }), "RpcAgent"]) {
    expect(value instanceof RpcAgent).toBe(false);
  }
});
