import { Metadata, type ServiceError } from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AgentCallError, AgentScopeError } from "../../src/errors.js";
import { Msg } from "../../src/messages/msg.js";
import { Deferred } from "./deferred.js";
import type { StartOptions } from "./memoryServer.js";
import { pythonPickles } from "./pythonPickles.js";
import { field, RawClient, textOf } from "./rawClient.js";

/** What Python's client sends, made by its own code: `create_agent` with `agent_id="py1"`, and `_reply` with a message. */
const createRequest = Buffer.from(`0a03707931128701${pythonPickles.initArgs}`, "hex");
const replyRequest = Buffer.from(
  "0ada017b225f5f6d6f64756c655f5f223a20226167656e7473636f70652e6d6573736167652e6d7367222c20225f5f6e616d655f5f223a20224d7367222c202275726c223a206e756c6c2c20226e616d65223a20226d65222c2022636f6e74656e74223a202268616c6c6f222c20226964223a20223031323334353637383961626364656630313233343536373839616263646566222c2022726f6c65223a202275736572222c20226d65746164617461223a206e756c6c2c202274696d657374616d70223a2022323032362d30312d30322030333a30343a3035227d12065f7265706c791a03707931",
  "hex",
);

let raw: RawClient;

async function restart(options: StartOptions): Promise<void> {
  await raw?.[Symbol.asyncDispose]();
  raw = await RawClient.start(options);
}

beforeEach(() => restart({}));
afterEach(() => raw[Symbol.asyncDispose]());

const call = (value: string, func: string, agentId = "py1") =>
  Buffer.concat([field(1, value), field(2, func), field(3, agentId)]);
const content = async (reply: Promise<string>) => (JSON.parse(await reply) as { content: unknown }).content;
const message = (value: unknown) =>
  JSON.stringify({
    ...{ __module__: "agentscope.message.msg", __name__: "Msg", id: "i", name: "me", content: value, role: "user" },
    ...{ url: null, metadata: null, timestamp: "2026-01-02 03:04:05" },
  });
const placeholder = (taskId: number, port = raw.running.port) =>
  JSON.stringify({
    ...{ __module__: "agentscope.message.placeholder", __name__: "PlaceholderMessage" },
    ...{ _host: "127.0.0.1", _port: port, _task_id: taskId },
  });

describe("the bytes of Python's client", () => {
  test("create an agent, call it and read its reply", async () => {
    expect(await raw.accepted("is_alive")).toBe("");
    expect(await raw.accepted("create_agent", createRequest)).toBe("");
    expect(raw.running.server.agents.get("py1")?.spec).toStrictEqual({
      agentId: "py1",
      className: "Echo",
      args: [{ name: "Bob", sysPrompt: "Sei höflich 😀", modelConfigName: "m", useMemory: true }],
      kwargs: {},
    });
    expect(await raw.accepted("call_agent_func", replyRequest)).toBe("1");
    const reply = JSON.parse(await raw.accepted("update_placeholder", Buffer.from("0801", "hex"))) as object;
    expect(reply).toMatchObject({ __module__: "agentscope.message.msg", name: "Bob", content: ["hallo"], url: null });
  });
});

describe("create_agent refuses", () => {
  const refusal = (initArgs: Uint8Array, ...more: Buffer[]) =>
    raw.refused("create_agent", Buffer.concat([field(1, "a"), field(2, initArgs), ...more]));

  test.each([
    [
      "a pickle that calls something",
      Buffer.from(pythonPickles.systemCall, "hex"),
      "it needs posix.system (STACK_GLOBAL)",
    ],
    ["a class that the server does not have", Buffer.from('{"class_name": "Nope"}'), "no class Nope; there is Echo"],
    ["what is neither pickle nor JSON", Buffer.from("hello"), "The pickle can't be read"],
  ])("%s", async (_, initArgs, reason) => {
    expect(await refusal(initArgs)).toContain(reason);
    expect(raw.running.server.agents.size).toBe(0);
  });

  test("source code", async () => {
    expect(await refusal(Buffer.from('{"class_name": "Echo"}'), field(3, "code"))).toContain(
      "Source code is not taken",
    );
    expect(raw.running.server.agents.size).toBe(0);
  });

  test("an id that is taken, in the words of the original", async () => {
    await raw.accepted("create_agent", createRequest);
    expect(await raw.refused("create_agent", createRequest)).toBe("Agent with agent_id [py1] already exists");
  });
});

describe("call_agent_func", () => {
  beforeEach(async () => void (await raw.accepted("create_agent", createRequest)));

  test.each([
    ["an unknown function", call("null", "nope"), "Unsupported method nope"],
    ["a method of the agent that is none of the service", call("null", "toString"), "Unsupported method toString"],
    ["an unknown agent", call("null", "_reply", "other"), "Agent [other] not exists."],
    ["input that is no JSON", call("oops", "_reply"), "This is no JSON"],
  ])("refuses %s with INVALID_ARGUMENT", async (_, request, details) => {
    const error = (await raw.ask("call_agent_func", request).catch((thrown: unknown) => thrown)) as ServiceError;
    expect(error.code).toBe(3);
    expect(error.details).toContain(details);
  });

  test("takes no input, empty input, and a list", async () => {
    const ids: string[] = [];
    for (const value of ["null", "", `[${message(1)}, ${message(2)}]`]) {
      ids.push(await raw.accepted("call_agent_func", call(value, "_reply")));
    }
    expect(ids).toStrictEqual(["1", "2", "3"]);
    expect(await content(raw.accepted("update_placeholder", Buffer.from([8, 1])))).toBe("nothing");
    expect(await content(raw.accepted("update_placeholder", Buffer.from([8, 2])))).toBe("nothing");
    expect(await content(raw.accepted("update_placeholder", Buffer.from([8, 3])))).toStrictEqual([1, 2]);
  });

  test("observes before it answers, and its observations are read back", async () => {
    expect(await raw.accepted("get_agent_memory", field(1, "py1"))).toBe("[]");
    expect(await raw.accepted("call_agent_func", call(message("seen"), "_observe"))).toBe("");
    const memory = JSON.parse(await raw.accepted("get_agent_memory", field(1, "py1"))) as unknown;
    expect(memory).toStrictEqual([JSON.parse(message("seen"))]);
  });

  test("fetches placeholders from the server that has the reply, through the wire", async () => {
    await raw.accepted("call_agent_func", call(message("first"), "_reply"));
    await raw.accepted("call_agent_func", call(`[${placeholder(1)}, ${message("own")}]`, "_reply"));
    expect(await content(raw.accepted("update_placeholder", Buffer.from([8, 2])))).toStrictEqual([["first"], "own"]);
  });

  test("takes placeholders of its own from its own table", async () => {
    await restart({ token: "t", isSelf: (host, port) => host === "127.0.0.1" && port === raw.running.port });
    const metadata = new Metadata();
    metadata.set("authorization", "Bearer t");
    await raw.ask("create_agent", createRequest, metadata);
    await raw.ask("call_agent_func", call(message("first"), "_reply"), metadata);
    await raw.ask("call_agent_func", call(placeholder(1), "_reply"), metadata);
    expect(textOf((await raw.ask("update_placeholder", Buffer.from([8, 2]), metadata)).subarray(2))).toContain(
      '"content":[["first"]]',
    );
  });

  test("keeps the order of calls although the input of the first one is late", async () => {
    const gate = new Deferred<void>();
    raw.running.server.behaviour = async (input) => {
      await gate.promise;
      return new Msg({
        name: "slow",
        role: "assistant",
        content: [input ?? []].flat().map(({ content: heard }) => heard),
      });
    };
    await raw.accepted("call_agent_func", call(message("a"), "_reply"));
    await raw.accepted("call_agent_func", call(placeholder(1), "_reply"));
    const observed = raw.accepted("call_agent_func", call(message("b"), "_observe"));
    gate.resolve();
    await observed;
    expect(raw.running.server.agents.get("py1")?.memory.map(({ content: heard }) => heard)).toStrictEqual([
      "a",
      ["a"],
      "b",
    ]);
  });

  test("does not run a call whose input failed, and goes on with the next", async () => {
    raw.running.server.behaviour = async () => Promise.reject(new Error("the agent broke"));
    await raw.accepted("call_agent_func", call(message("a"), "_reply"));
    await raw.accepted("call_agent_func", call(placeholder(1), "_reply"));
    await raw.accepted("call_agent_func", call(message("b"), "_observe"));
    expect(await raw.refused("update_placeholder", Buffer.from([8, 2]))).toContain("the agent broke");
    expect(raw.running.server.agents.get("py1")?.memory.map(({ content: heard }) => heard)).toStrictEqual(["a", "b"]);
  });

  test("answers a full table with RESOURCE_EXHAUSTED", async () => {
    await restart({ maxPoolSize: 1 });
    await raw.accepted("create_agent", createRequest);
    raw.running.server.behaviour = () => new Promise(() => {});
    await raw.accepted("call_agent_func", call("null", "_reply"));
    const error = (await raw
      .ask("call_agent_func", call("null", "_reply"))
      .catch((thrown: unknown) => thrown)) as ServiceError;
    expect(error.code).toBe(8);
    expect(error.details).toContain("option maxPoolSize");
  });
});

describe("update_placeholder", () => {
  beforeEach(async () => void (await raw.accepted("create_agent", createRequest)));

  test("waits for the reply", async () => {
    const late = new Deferred<Msg>();
    raw.running.server.behaviour = () => late.promise;
    await raw.accepted("call_agent_func", call("null", "_reply"));
    const reply = raw.accepted("update_placeholder", Buffer.from([8, 1]));
    await raw.accepted("is_alive");
    late.resolve(new Msg({ name: "late", role: "assistant", content: 1 }));
    expect(await content(reply)).toBe(1);
  });

  test("answers with the error of a call", async () => {
    raw.running.server.behaviour = async () => Promise.reject(new AgentScopeError("AGENT_FAILED", "no answer today"));
    await raw.accepted("call_agent_func", call("null", "_reply"));
    expect(await raw.refused("update_placeholder", Buffer.from([8, 1]))).toBe("AgentScopeError: no answer today");
  });

  test("tells where the agent's code failed", async () => {
    const agent = { name: "Bob", id: "py1", server: "here" };
    const failure = new AgentCallError("AGENT_FAILED", "Bob failed", { agent, remoteStack: "at bob.ts:3" });
    raw.running.server.behaviour = async () => Promise.reject(failure);
    await raw.accepted("call_agent_func", call("null", "_reply"));
    expect(await raw.refused("update_placeholder", Buffer.from([8, 1]))).toBe(
      "AgentCallError: Bob failed\nat bob.ts:3",
    );
  });

  test("refuses an unknown task, which the original answers with null", async () => {
    expect(await raw.refused("update_placeholder", Buffer.from([8, 9]))).toContain("has given no task the id 9");
  });

  test("writes a reply of nothing as null", async () => {
    raw.running.server.behaviour = async () => undefined;
    await raw.accepted("call_agent_func", call("null", "_reply"));
    expect(await raw.accepted("update_placeholder", Buffer.from([8, 1]))).toBe("null");
  });

  test("refuses a reply that is larger than a message may be", async () => {
    const large = new Msg({ name: "n", role: "assistant", content: "x".repeat(33 * 1024 * 1024) });
    raw.running.server.behaviour = async () => large;
    await raw.accepted("call_agent_func", call("null", "_reply"));
    expect(await raw.refused("update_placeholder", Buffer.from([8, 1]))).toContain("hold at most 33554368");
  });
});

describe("management", () => {
  beforeEach(async () => void (await raw.accepted("create_agent", createRequest)));

  test("lists agents, each as the text of its JSON", async () => {
    const list = JSON.parse(await raw.accepted("get_agent_list")) as string[];
    expect(list.map((thumbnail) => JSON.parse(thumbnail) as unknown)).toMatchObject([
      { agent_id: "py1", type: "Echo" },
    ]);
  });

  test("tells of the server", async () => {
    const info = JSON.parse(await raw.accepted("get_server_info")) as unknown;
    expect(info).toStrictEqual({ pid: process.pid, id: "memory", cpu: 1.5, mem: 64.25, size: 1 });
  });

  test("deletes agents, and says of an unknown one that it is none", async () => {
    expect(await raw.accepted("delete_agent", field(1, "py1"))).toBe("");
    expect(await raw.refused("delete_agent", field(1, "py1"))).toBe("try to delete a non-existent agent [py1].");
    await raw.accepted("create_agent", createRequest);
    await raw.accepted("delete_all_agents");
    expect(raw.running.server.agents.size).toBe(0);
  });

  test("clones an agent, and says of an unknown one that it is none", async () => {
    const id = await raw.accepted("clone_agent", field(1, "py1"));
    expect([...raw.running.server.agents.keys()]).toStrictEqual(["py1", id]);
    expect(await raw.refused("clone_agent", field(1, "x"))).toBe("Try to clone a non-existent agent [x].");
  });

  test("sets model configs from an object or a list", async () => {
    await raw.accepted("set_model_configs", field(1, '{"config_name": "a"}'));
    expect(raw.running.server.modelConfigs).toStrictEqual([{ config_name: "a" }]);
    await raw.accepted("set_model_configs", field(1, '[{"config_name": "b"}, {"config_name": "c"}]'));
    expect(raw.running.server.modelConfigs).toHaveLength(2);
    expect(await raw.refused("set_model_configs", field(1, "[{}]"))).toBe("config_name is missing");
    expect(await raw.refused("set_model_configs", field(1, "[1]"))).toContain("a JSON object or a list of them");
    expect(await raw.refused("set_model_configs", field(1, "oops"))).toContain("This is no JSON");
  });

  test("refuses the memory of an unknown agent", async () => {
    expect(await raw.refused("get_agent_memory", field(1, "x"))).toBe("Agent [x] has not found");
  });
});

describe("with a token, every method", () => {
  const methods = ["is_alive", "stop", "create_agent", "get_agent_list", "call_agent_func", "update_placeholder"];
  test.each(methods)("%s answers UNAUTHENTICATED to a wrong one", async (method) => {
    await restart({ token: "right" });
    const metadata = new Metadata();
    metadata.set("authorization", "Bearer wrong");
    const error = (await raw.ask(method, Buffer.alloc(0), metadata).catch((thrown: unknown) => thrown)) as ServiceError;
    expect([error.code, error.details]).toStrictEqual([16, "the token is missing or wrong"]);
  });
});
