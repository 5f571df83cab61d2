import { setImmediate as nextTurn } from "node:timers/promises";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { AgentBase } from "../../src/agents/agentBase.js";
import type { AgentConfig } from "../../src/agents/agentConfig.js";
import { Msg } from "../../src/messages/msg.js";
import { Placeholder } from "../../src/messages/placeholder.js";
import { TemporaryMemory } from "../../src/messages/temporaryMemory.js";

class Echo extends AgentBase {
  readonly seen: unknown[] = [];

  override async reply(input?: Msg | Msg[]): Promise<Msg> {
    this.seen.push(input);
    return new Msg({ name: this.name, content: (input as Msg | undefined)?.content, role: "assistant" });
  }
}

const say = (content: unknown) => new Msg({ name: "script", content, role: "user" });

describe("an agent", () => {
  it("is called like a function, and gives a placeholder at once", async () => {
    const agent = new Echo({ name: "E" });
    const result = agent(say("hello"));
    expect(result).toBeInstanceOf(Placeholder);
    expect(result.settled).toBe(false);
    expect(await result.content).toBe("hello");
    expect(await agent().content).toBeUndefined();
    expect(await agent([say(1), say(2)]).then(() => agent.seen.at(-1))).toMatchObject([{ content: 1 }, { content: 2 }]);
  });

  it("is an object of its class, with the class's members and its own", () => {
    class Counter extends Echo {
      #count = 1;
      override length = 5;
      static kind = "counter";
      get next(): number {
        return ++this.#count;
      }
    }
    const agent = new Counter({ name: "C", sysPrompt: "count" });
    expect(agent).toBeInstanceOf(Counter);
    expect(agent).toBeInstanceOf(Echo);
    expect(agent).toBeInstanceOf(AgentBase);
    expect(typeof agent).toBe("function");
    expect([agent.next, agent.next, agent.length, agent.name, agent.sysPrompt]).toEqual([2, 3, 5, "C", "count"]);
    expect(agent.constructor).toBe(Counter);
    expect(Counter.kind).toBe("counter");
    expect(Object.keys(agent)).toContain("seen");
  });

  it("may have properties that functions have by themselves", () => {
    class Queue extends Echo {
      grow(): number {
        this.length = (this.length ?? 0) + 1;
        return this.length;
      }
      declare length: number;
    }
    const agent = new Queue({ name: "Q" });
    expect(agent.length).toBeUndefined();
    expect([agent.grow(), agent.grow()]).toEqual([1, 2]);
  });

  it("is awaited and printed without being called", async () => {
    const agent = new Echo({ name: "E" });
    // oxlint-disable-next-line typescript/await-thenable
    expect(await agent).toBe(agent);
    expect(inspect(agent)).toContain("E");
    expect(JSON.stringify({ agent })).toBe("{}");
    await nextTurn();
    expect(agent.seen).toEqual([]);
  });

  it("has an id of its own, or the one it was given", () => {
    const [a, b] = [new Echo({ name: "A" }), new Echo({ name: "A" })];
    expect(a.agentId).toMatch(/^[0-9a-f]{32}$/);
    expect(a.agentId).not.toBe(b.agentId);
    expect(new Echo({ name: "A", agentId: "mine" }).agentId).toBe("mine");
  });

  it("shows itself as JSON: name, type, agent_id, sys_prompt and model", () => {
    const agent = new Echo({ name: "A", agentId: "shown", sysPrompt: "be kind", modelConfigName: "m" });
    expect(JSON.parse(String(agent))).toEqual({
      name: "A",
      type: "Echo",
      agent_id: "shown",
      sys_prompt: "be kind",
      model: { config_name: "m" },
    });
    expect(JSON.parse(String(new Echo({ name: "B" })))).toMatchObject({ sys_prompt: null, model: null });
  });

  it("keeps the config as it was given", () => {
    const config: AgentConfig = Object.freeze({ name: "A", sysPrompt: "x", toDist: false });
    expect(new Echo(config).config).toBe(config);
  });

  it("needs a name, and says how to give one", () => {
    for (const config of [{}, { name: 5 }, undefined, null]) {
      expect(() => new Echo(config as unknown as AgentConfig)).toThrow(
        /^Echo: the config has no name; give it one, as in new Echo/,
      );
    }
  });

  it("whose class says not how it answers fails each call, and names the class", async () => {
    class Mute extends AgentBase {}
    await expect(new Mute({ name: "M" })()).rejects.toThrow(/Mute has no reply method/);
  });

  it("that has the id of another one fails each call, and says so", async () => {
    const first = new Echo({ name: "A", agentId: "twice" });
    expect(await first(say(1)).content).toBe(1);
    await expect(new Echo({ name: "B", agentId: "twice" })()).rejects.toMatchObject({
      code: "CREATION_FAILED",
      message: expect.stringContaining("an agent with the id twice is there already") as string,
    });
    expect(await first(say(2)).content).toBe(2);
  });
});

describe("observe", () => {
  it("keeps messages in the agent's memory, in the order of calls and replies", async () => {
    class Remembering extends Echo {
      override async reply(input?: Msg): Promise<Msg> {
        await nextTurn();
        this.memory.add(input);
        return new Msg({ name: this.name, content: this.memory.size, role: "assistant" });
      }
    }
    const agent = new Remembering({ name: "R" });
    expect(agent.memory).toBeInstanceOf(TemporaryMemory);
    void agent.observe(say(1));
    const second = agent(say(2));
    void agent.observe([say(3), say(4)]);
    await agent.observe(say(5));
    expect(agent.memory.get().map(({ content }) => content)).toEqual([1, 2, 3, 4, 5]);
    expect(await second.content).toBe(2);
  });

  it("of the agent's own class is what the mailbox runs; in the agent's own turn it runs at once", async () => {
    const log: unknown[] = [];
    class Own extends Echo {
      override observe(input?: Msg | Msg[]): void {
        log.push((input as Msg).content);
        this.memory.add(input);
      }
      override async reply(input?: Msg): Promise<Msg> {
        this.observe(input);
        log.push("after");
        return new Msg({ name: this.name, content: this.memory.size, role: "assistant" });
      }
    }
    const agent = new Own({ name: "O" });
    agent.observe(say("before"));
    expect(await agent(say("own")).content).toBe(2);
    expect(log).toEqual(["before", "own", "after"]);
  });
});

describe("setup", () => {
  it("runs once, before the first message, and not before there is one", async () => {
    let count = 0;
    class Prepared extends Echo {
      ready = false;
      override async setup(): Promise<void> {
        count++;
        await nextTurn();
        this.ready = true;
      }
      override async reply(): Promise<Msg> {
        return new Msg({ name: this.name, content: this.ready, role: "assistant" });
      }
    }
    const agent = new Prepared({ name: "P" });
    await nextTurn();
    expect(count).toBe(0);
    expect(await Promise.all([agent().content, agent().content])).toEqual([true, true]);
    expect(count).toBe(1);
  });
});
