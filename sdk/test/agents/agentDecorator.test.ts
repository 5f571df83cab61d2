import { afterEach, describe, expect, it, vi } from "vitest";
import { AgentBase } from "../../src/agents/agentBase.js";
import type { AgentConfig } from "../../src/agents/agentConfig.js";
import { agent } from "../../src/agents/agentDecorator.js";
import { DistConf } from "../../src/agents/distOptions.js";
import { RpcAgent } from "../../src/agents/rpcAgent.js";
import { Msg } from "../../src/messages/msg.js";

afterEach(() => {
  vi.unstubAllEnvs();
  Built.count = 0;
});

/** A place that nothing is sent to before the first call. */
const elsewhere = { host: "127.0.0.1", port: 9, lazyLaunch: true };

@agent
class Built extends AgentBase {
  static count = 0;
  static readonly kind: string = "built";

  constructor(config: AgentConfig) {
    super(config);
    Built.count++;
  }

  override async reply(): Promise<Msg> {
    return new Msg({ name: this.name, content: this.kindOfThis(), role: "assistant" });
  }

  kindOfThis(): string {
    return (this.constructor as typeof Built).kind;
  }
}

describe("a class with @agent", () => {
  it("makes local agents like any class", async () => {
    const local = new Built({ name: "A" });
    expect(local).toBeInstanceOf(Built);
    expect(local).not.toBeInstanceOf(RpcAgent);
    expect(Built.count).toBe(1);
    expect(Built.name).toBe("Built");
    expect(await local().content).toBe("built");
  });

  it.each([
    ["an object", elsewhere],
    ["a DistConf", new DistConf(elsewhere)],
  ])("does not construct where toDist stands in the config: %s", (_what, toDist) => {
    const handle = new Built({ name: "A", toDist });
    expect(handle).toBeInstanceOf(RpcAgent);
    expect(handle).toBeInstanceOf(Built);
    expect(handle.name).toBe("A");
    expect(Built.count).toBe(0);
  });

  it("constructs here where toDist is false, or the run target is local", async () => {
    expect(new Built({ name: "A", toDist: false })).not.toBeInstanceOf(RpcAgent);
    expect(Built.count).toBe(1);
    vi.stubEnv("AGENTSCOPE_TARGET", "local");
    const handle = new Built({ name: "A", toDist: true });
    expect(Built.count).toBe(2);
    expect(handle).toBeInstanceOf(RpcAgent);
    expect(await handle().content).toBe("built");
  });

  it("leaves the config and the options as they are, so that several agents can share them", () => {
    const conf = new DistConf(elsewhere);
    const config = Object.freeze({ name: "A", toDist: conf });
    const before = Object.entries(conf);
    const [a, b] = [new Built(config), new Built(config)];
    expect(a.agentId).not.toBe(b.agentId);
    expect(Object.entries(conf)).toEqual(before);
    expect(config.toDist).toBe(conf);
  });

  it("refuses options that can't be used, before anything is made", () => {
    expect(() => new Built({ name: "A", toDist: { host: "127.0.0.1" } })).toThrow(/give host and port both/);
    expect(() => new Built({ toDist: elsewhere } as unknown as AgentConfig)).toThrow(/Built: the config has no name/);
    expect(() => new Built({ name: "A", toDist: elsewhere, fn: () => {} } as AgentConfig)).toThrow(
      /config\.fn is a function/,
    );
    expect(Built.count).toBe(0);
  });

  it("is written as a function call in JavaScript, also of a class without a name", async () => {
    const Named = agent(
      class Inner extends AgentBase {
        override async reply(): Promise<Msg> {
          return new Msg({ name: this.name, content: "inner", role: "assistant" });
        }
      },
    );
    const local = new Named({ name: "N" });
    expect(Named.name).toBe("Inner");
    expect(local).toBeInstanceOf(Named);
    expect(await local().content).toBe("inner");
    const Nameless = agent(class extends Named {});
    expect(new Nameless({ name: "N", toDist: elsewhere })).toBeInstanceOf(RpcAgent);
  });

  it("has the statics of the class, to read and to write", () => {
    expect(Built.kind).toBe("built");
    Built.count = 7;
    expect(Built.count).toBe(7);
    expect(Object.hasOwn(Built, "count")).toBe(true);
  });
});

describe("a subclass of a class with @agent", () => {
  class Plain extends Built {
    static override readonly kind = "plain";
  }

  @agent
  class Decorated extends Built {
    static override readonly kind = "decorated";
  }

  it("constructs itself, without and with @agent of its own", async () => {
    expect(await new Plain({ name: "P" })().content).toBe("plain");
    expect(await new Decorated({ name: "D" })().content).toBe("decorated");
    expect(Built.count).toBe(2);
  });

  it("needs @agent of its own for toDist in the config: what would be made is said, and what to write", () => {
    expect(() => new Plain({ name: "P", toDist: elsewhere })).toThrow(
      /^Plain is constructed with toDist, but the class has no @agent: write @agent before it/,
    );
    const handle = new Decorated({ name: "D", toDist: elsewhere });
    expect(handle).toBeInstanceOf(RpcAgent);
    expect(JSON.parse(String(handle))).toMatchObject({ type: "Decorated" });
  });
});

describe("a class without @agent", () => {
  class Plain extends AgentBase {
    override async reply(): Promise<Msg> {
      return new Msg({ name: this.name, content: "plain", role: "assistant" });
    }
  }

  it("with toDist in the config is refused, with both ways to help", () => {
    expect(() => new Plain({ name: "P", toDist: true })).toThrow(
      /agent\(class Plain …\)\), or call \.toDist\(\) on the agent/,
    );
  });

  it("needs none for .toDist()", async () => {
    vi.stubEnv("AGENTSCOPE_TARGET", "local");
    const handle = new Plain({ name: "P" }).toDist();
    expect(handle).toBeInstanceOf(RpcAgent);
    expect(await handle().content).toBe("plain");
  });

  it("keeps the id of the agent for the first handle only", () => {
    const local = new Plain({ name: "P" });
    const [first, second] = [local.toDist(elsewhere), local.toDist(elsewhere)];
    expect(first.agentId).toBe(local.agentId);
    expect(second.agentId).not.toBe(local.agentId);
    expect(local.toDist({ ...elsewhere, agentId: "chosen" }).agentId).toBe("chosen");
  });
});

describe("an agent that is made in another's constructor", () => {
  const ids: string[] = [];

  class Inner extends AgentBase {
    constructor(config: AgentConfig) {
      super(config);
      ids.push(this.agentId);
    }
  }

  @agent
  class Outer extends AgentBase<AgentConfig & { helper?: Inner }> {
    constructor(config: AgentConfig) {
      // Before the outer one is there.
      super({ ...config, helper: new Inner({ name: "inner" }) });
      ids.push(this.agentId, new Inner({ name: "second" }).name);
    }

    override async reply(): Promise<Msg> {
      return new Msg({ name: this.name, content: typeof this.config.helper, role: "assistant" });
    }
  }

  it("does not take its identity, wherever it stands", async () => {
    vi.stubEnv("AGENTSCOPE_TARGET", "local");
    const handle = new Outer({ name: "outer", toDist: true });
    expect(await handle().content).toBe("function");
    expect(ids[1]).not.toBe(handle.agentId);
    expect(new Set(ids)).toHaveLength(4);
    expect(ids).toContain(handle.agentId);
  });
});
