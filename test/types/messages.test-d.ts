import {
  AgentBase,
  AgentCallError,
  type AgentScopeError,
  type AgentLabel,
  type AgentServerNotAliveError,
  type ErrorCode,
  Msg,
  Placeholder,
  type PlaceholderExpiredError,
  TemporaryMemory,
  type Role,
} from "agentscope-distributed";
import { expectTypeOf, test } from "vitest";

class Any extends AgentBase {}
const placeholder = new Any({ name: "A" })();

test("a message says who speaks, as what, and what", () => {
  const message = new Msg({ name: "a", content: { n: 1 }, role: "user" });
  expectTypeOf(message).toEqualTypeOf<Msg<{ n: number }>>();
  expectTypeOf(message.role).toEqualTypeOf<Role>();
  expectTypeOf(message.url).toEqualTypeOf<string | string[] | undefined>();
  void new Msg({ name: "a", content: null, role: "system", url: ["x"], metadata: new Map([["k", 1n]]) });
  // @ts-expect-error a role is one of three
  void new Msg({ name: "a", content: 1, role: "robot" });
  // @ts-expect-error somebody speaks
  void new Msg({ content: 1, role: "user" });
  // @ts-expect-error something is said, if only undefined
  void new Msg({ name: "a", role: "user" });
  // @ts-expect-error a url is a text, or several
  void new Msg({ name: "a", content: 1, role: "user", url: 5 });
});

test("what identifies a message can't be changed", () => {
  const message = new Msg({ name: "a", content: 1, role: "user" });
  message.content = 2;
  expectTypeOf(message.id).toEqualTypeOf<string>();
  // @ts-expect-error made once
  message.id = "x";
  // @ts-expect-error made once
  message.timestamp = "now";
});

test("any message is a Msg", () => {
  const typed: Msg<string> = new Msg({ name: "a", content: "text", role: "user" });
  const any: Msg = typed;
  // @ts-expect-error what is in it may be anything
  const back: Msg<string> = any;
  expectTypeOf(back).toEqualTypeOf<Msg<string>>();
});

test("a placeholder is a promise of a message, and of its fields", async () => {
  expectTypeOf(placeholder).toExtend<Promise<Msg>>();
  expectTypeOf(await placeholder).toEqualTypeOf<Msg>();
  expectTypeOf(await placeholder.name).toEqualTypeOf<string>();
  expectTypeOf(await placeholder.role).toEqualTypeOf<Role>();
  expectTypeOf(await placeholder.content).toEqualTypeOf<unknown>();
  expectTypeOf(await placeholder.url).toEqualTypeOf<string | string[] | undefined>();
  expectTypeOf(await placeholder.timestamp).toEqualTypeOf<string>();
  expectTypeOf(await Promise.all([placeholder, placeholder.id])).toEqualTypeOf<[Msg, string]>();
});

test("fields of a placeholder are not there before they are awaited", () => {
  // @ts-expect-error it has to be awaited
  const content: string = placeholder.content;
  // @ts-expect-error it has to be awaited
  placeholder.name.toUpperCase();
  // @ts-expect-error nobody but its agent sets it
  placeholder.content = "x";
  expectTypeOf(content).toBeString();
});

test("a message and a placeholder are read by the same expressions", async () => {
  const either = (Math.random() < 2 ? placeholder : new Msg({ name: "a", content: 1, role: "user" })) as
    | Placeholder
    | Msg;
  expectTypeOf(await either).toEqualTypeOf<Msg>();
  expectTypeOf(await either.name).toEqualTypeOf<string>();
  expectTypeOf(either instanceof Placeholder).toEqualTypeOf<boolean>();
});

test("errors tell what went wrong, where, and why", () => {
  const error = {} as unknown;
  if (error instanceof AgentCallError) {
    expectTypeOf(error.code).toEqualTypeOf<ErrorCode>();
    expectTypeOf(error.agentName).toEqualTypeOf<string>();
    expectTypeOf(error.remoteStack).toEqualTypeOf<string | undefined>();
    expectTypeOf(error.chain).toEqualTypeOf<readonly AgentLabel[]>();
    expectTypeOf(error.cause).toEqualTypeOf<unknown>();
  }
  expectTypeOf<AgentServerNotAliveError>().toExtend<AgentScopeError>();
  expectTypeOf<PlaceholderExpiredError>().toExtend<AgentScopeError>();
  expectTypeOf<AgentServerNotAliveError["server"]>().toEqualTypeOf<string>();
  // @ts-expect-error there is no such code
  const code: ErrorCode = "SOMETHING";
  expectTypeOf(code).toEqualTypeOf<ErrorCode>();
});

test("a memory holds messages", () => {
  const memory = new TemporaryMemory();
  const message = new Msg({ name: "a", content: 1, role: "user" });
  memory.add(message);
  memory.add([message, message]);
  memory.add(undefined);
  expectTypeOf(memory.get({ recent: 5, filter: ({ name }) => name === "a" })).toEqualTypeOf<Msg[]>();
  // @ts-expect-error a text is no message
  memory.add("text");
  // @ts-expect-error a placeholder has to be awaited before
  memory.add(placeholder);
});
