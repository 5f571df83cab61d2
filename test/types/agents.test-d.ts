import {
  AgentBase,
  type AgentConfig,
  agent,
  type CallResult,
  DistConf,
  Msg,
  type Placeholder,
  RpcAgent,
  withRetry,
} from "agentscope-distributed";
import { expectTypeOf, test } from "vitest";

interface ReaderConfig extends AgentConfig {
  folder: string;
}

@agent
class Reader extends AgentBase<ReaderConfig> {
  private secret = 1;
  pages = 0;

  override async reply(input?: Msg | Msg[]): Promise<Msg<string>> {
    const content = Array.isArray(input) ? "many" : String(input?.content);
    return new Msg({ name: this.name, content: content + this.config.folder + this.secret, role: "assistant" });
  }

  async find(word: string, limit?: number): Promise<Map<string, number>> {
    return new Map([[word, limit ?? 0]]);
  }

  size(): number {
    return this.pages;
  }

  override observe(input?: Msg | Msg[]): void {
    this.memory.add(input);
  }
}

class Plain extends AgentBase {
  override async reply(): Promise<Msg> {
    return new Msg({ name: this.name, content: 1, role: "assistant" });
  }
}

const local = new Reader({ name: "R", folder: "docs" });
const remote = local.toDist();
const placeholder = local();
const message = new Msg({ name: "s", content: "x", role: "user" });

test("an agent is called with a message, a placeholder, a list of both, or nothing", () => {
  expectTypeOf(local).toBeCallableWith(message);
  expectTypeOf(local).toBeCallableWith(placeholder);
  expectTypeOf(local).toBeCallableWith([message, placeholder]);
  expectTypeOf(local).toBeCallableWith(undefined);
  expectTypeOf(local()).toEqualTypeOf<Placeholder>();
});

test("an agent is called with nothing else: a text is no message", () => {
  expectTypeOf(local).parameter(0).not.toBeAny();
  // @ts-expect-error a text has neither sender nor role
  local("text");
  // @ts-expect-error a plain object is no message
  local({ name: "s", content: "x", role: "user" });
  // @ts-expect-error an agent takes one input: several stand in a list
  local(message, message);
  // @ts-expect-error a promise of something else is no placeholder
  local(Promise.resolve("text"));
});

test("a script needs no annotations but the first: its variables hold messages and placeholders alike", async () => {
  const other = new Plain({ name: "P" });
  let x: Placeholder | Msg | undefined;
  do {
    x = local(x);
    x = other(x);
  } while ((await x.content) !== "exit");
  expectTypeOf(await x).toEqualTypeOf<Msg>();
  expectTypeOf(await x.content).toEqualTypeOf<unknown>();
  expectTypeOf<Awaited<typeof message.content>>().toEqualTypeOf<string>();
});

test("the config has the fields of the class, and those of every agent", () => {
  expectTypeOf(local.config.folder).toEqualTypeOf<string>();
  expectTypeOf(local.config.sysPrompt).toEqualTypeOf<string | undefined>();
  // @ts-expect-error the class needs a folder
  void new Reader({ name: "R" });
  // @ts-expect-error every agent needs a name
  void new Reader({ folder: "docs" });
  // @ts-expect-error a name is a text
  void new Reader({ name: 1, folder: "docs" });
});

test("the config says where an agent lives: true, options, or a DistConf", () => {
  expectTypeOf(Reader).toBeConstructibleWith({ name: "R", folder: "docs", toDist: true });
  void new Reader({ name: "R", folder: "docs", toDist: { host: "h", port: 1 } });
  void new Reader({ name: "R", folder: "docs", toDist: new DistConf({ host: "h", port: 1 }) });
  // @ts-expect-error a port is a number
  void new Reader({ name: "R", folder: "docs", toDist: { host: "h", port: "1" } });
  // @ts-expect-error there is no such option
  void new Reader({ name: "R", folder: "docs", toDist: { hostname: "h" } });
});

test("toDist gives a handle, which is called like the agent", () => {
  expectTypeOf(remote).toEqualTypeOf<RpcAgent<Reader>>();
  expectTypeOf(remote(message)).toEqualTypeOf<Placeholder>();
  expectTypeOf(remote.reply([placeholder])).toEqualTypeOf<Placeholder>();
  expectTypeOf(remote.name).toEqualTypeOf<string>();
  expectTypeOf(remote.agentId).toEqualTypeOf<string>();
  expectTypeOf(remote.observe(message)).toEqualTypeOf<CallResult<void>>();
  // @ts-expect-error a text has neither sender nor role
  remote("text");
});

test("a handle has the public methods of the class; each gives a promise", () => {
  expectTypeOf(remote.find("word")).toEqualTypeOf<CallResult<Map<string, number>>>();
  expectTypeOf(remote.size()).toEqualTypeOf<CallResult<number>>();
  expectTypeOf(remote.find).parameters.toEqualTypeOf<[word: string, limit?: number]>();
  // @ts-expect-error the method takes a text
  remote.find(1);
  // @ts-expect-error the class has no such method
  remote.lose();
});

test("a handle has no properties of the class: they are read with get, by their types", () => {
  expectTypeOf(remote.get("pages")).toEqualTypeOf<CallResult<number>>();
  expectTypeOf(remote.get("something")).toEqualTypeOf<CallResult<unknown>>();
  // @ts-expect-error it lives elsewhere
  void remote.pages;
  // @ts-expect-error what is private is nobody else's
  void remote.secret;
  // @ts-expect-error a property can't be set from elsewhere
  remote.pages = 1;
});

test("an agent has get, too: with toDist in its config it is typed as its class", () => {
  const there = new Reader({ name: "R", folder: "docs", toDist: true });
  expectTypeOf(there.get("pages")).toEqualTypeOf<CallResult<number>>();
  expectTypeOf(there.get("something")).toEqualTypeOf<CallResult<unknown>>();
  // @ts-expect-error a property has a name
  void there.get();
});

test("a handle is not distributed again, nor set up or disposed of from elsewhere", () => {
  expectTypeOf(remote).not.toBeAny();
  // @ts-expect-error it is distributed already
  remote.toDist();
  // @ts-expect-error its host does that
  remote.setup();
  // @ts-expect-error its host does that
  remote.dispose();
  // @ts-expect-error it lives elsewhere
  void remote.memory;
});

test("what toDist takes is checked", () => {
  const handle = local.toDist({ host: "h", port: 1, lazyLaunch: true, token: "t", tls: {} });
  expectTypeOf(handle).toEqualTypeOf<RpcAgent<Reader>>();
  local.toDist(new DistConf());
  // @ts-expect-error there is no such option
  local.toDist({ where: "there" });
  // @ts-expect-error a place is an object
  local.toDist("host:1");
});

test("agents and handles stand where an agent is asked for, of any class", () => {
  const agents: ((input?: Msg) => Placeholder)[] = [local, remote, new Plain({ name: "P" })];
  expectTypeOf(agents[0]).not.toBeAny();
  const handles: RpcAgent[] = [remote, new Plain({ name: "P" }).toDist()];
  expectTypeOf(handles).toBeArray();
  const value: unknown = remote;
  if (value instanceof RpcAgent) expectTypeOf(value).not.toBeNever();
});

test("reply gives a message, and observe nothing", () => {
  class Wrong extends AgentBase {
    // @ts-expect-error an answer is a message
    override async reply(): Promise<string> {
      return "text";
    }
  }
  class AlsoWrong extends AgentBase {
    // @ts-expect-error an input may be a list
    override async reply(input: string): Promise<Msg> {
      return new Msg({ name: this.name, content: input, role: "assistant" });
    }
  }
  expectTypeOf(Wrong).toBeConstructibleWith({ name: "W" });
  expectTypeOf(AlsoWrong).toBeConstructibleWith({ name: "W" });
});

test("the decorator keeps the class as it is, and takes classes of agents only", () => {
  const Named = agent(
    class Inner extends AgentBase<ReaderConfig> {
      static readonly kind: string = "inner";
    },
  );
  expectTypeOf(Named.kind).toEqualTypeOf<string>();
  expectTypeOf(new Named({ name: "N", folder: "f" }).config).toEqualTypeOf<ReaderConfig>();
  // @ts-expect-error a class that is no agent's
  agent(Date);
  // @ts-expect-error no class at all
  agent({});
});

test("a retry policy names codes of errors, and gives a handle with the methods of the class", () => {
  const reader = new Reader({ name: "reader", folder: "/" });
  const policy = { attempts: 2, on: ["MODEL_FAILED"] } as const;
  expectTypeOf(withRetry(reader, policy).find("x")).toEqualTypeOf<CallResult<Map<string, number>>>();
  expectTypeOf(withRetry(reader.toDist({ retry: policy }), policy).find("x")).toEqualTypeOf<
    CallResult<Map<string, number>>
  >();
  // @ts-expect-error -- no code of an error
  withRetry(reader, { attempts: 2, on: ["ANYTHING"] });
  // @ts-expect-error -- nothing is repeated unless a code says so
  withRetry(reader, { attempts: 2 });
});

test("what becomes of an agent whose server is lost is one of two words", () => {
  const reader = new Reader({ name: "reader", folder: "/" });
  expectTypeOf(reader.toDist({ onServerLoss: "restart" })).toEqualTypeOf<RpcAgent<Reader>>();
  // @ts-expect-error -- no such word
  reader.toDist({ onServerLoss: "again" });
  // @ts-expect-error -- only the agent's server asks for its state
  void reader.toDist().getState();
});
