import { describe, expect, test } from "vitest";
import { InvalidArgumentError } from "../../src/errors.js";
import { readAgentInitArgs, writeJsonInitArgs, writePickleInitArgs } from "../../src/management/agentInitArgs.js";
import { readPickle } from "../../src/management/readPickle.js";
import { writePickle } from "../../src/management/writePickle.js";
import { pythonPickles } from "./pythonPickles.js";

const readJson = (init: unknown) => readAgentInitArgs(Buffer.from(JSON.stringify(init)));
const echo = (config: object) => ({ className: "Echo", args: [config], kwargs: {} });

describe("readAgentInitArgs", () => {
  test("makes one config of what Python's client sends: a name, and keyword arguments in snake case", () => {
    expect(readAgentInitArgs(Buffer.from(pythonPickles.initArgs, "hex"))).toStrictEqual(
      echo({ name: "Bob", sysPrompt: "Sei höflich 😀", modelConfigName: "m", useMemory: true }),
    );
  });

  test("takes a config object as it is, and merges keyword arguments into it", () => {
    const init = { args: [{ name: "Bob", my_own: 1 }], kwargs: { name: "Eve", max_iters: 3 }, class_name: "Echo" };
    expect(readJson(init)).toStrictEqual(echo({ name: "Eve", my_own: 1, maxIters: 3 }));
  });

  test("takes a class without arguments", () => {
    expect(readJson({ class_name: "Echo" })).toStrictEqual(echo({}));
  });

  test("keeps underscores at the ends of names", () => {
    expect(readJson({ kwargs: { _my_key_: 1, __x: 2 }, class_name: "Echo" })).toStrictEqual(
      echo({ _myKey_: 1, __x: 2 }),
    );
  });

  test("leaves out where the agent should run", () => {
    const init = { args: [{ toDist: true }], kwargs: { to_dist: { host: "h" } }, class_name: "Echo" };
    expect(readJson(init)).toStrictEqual(echo({}));
  });

  test.each([
    ["nothing", Buffer.alloc(0), "agent_init_args is empty"],
    ["a list", writePickle([]), "is no object with args, kwargs and class_name"],
    ["no class name", Buffer.from('{"args": []}'), "class_name must be"],
    ["args that are no list", Buffer.from('{"class_name": "A", "args": {}}'), "args must be a list"],
    ["kwargs without names", writePickle({ class_name: "A", kwargs: new Map([[1, 2]]) }), "kwargs must be an object"],
    [
      "arguments without names",
      Buffer.from('{"class_name": "A", "args": ["Bob", "prompt"]}'),
      "pass the others by keyword",
    ],
    [
      "a first argument that is a number",
      Buffer.from('{"class_name": "A", "args": [1]}'),
      "the agent's name or its config",
    ],
    ["a config with __proto__", Buffer.from('{"class_name": "A", "kwargs": {"__proto__": {}}}'), "__proto__"],
    ["a call", Buffer.from(pythonPickles.systemCall, "hex"), "posix.system"],
    ["broken JSON", Buffer.from("{"), "This is no JSON"],
  ])("refuses %s", (_, bytes, reason) => {
    expect(() => readAgentInitArgs(bytes)).toThrow(InvalidArgumentError);
    expect(() => readAgentInitArgs(bytes)).toThrow(reason);
  });
});

test("a config written as JSON is read as it was", () => {
  const config = { name: "Bob", sysPrompt: "hi", nested: { keep_case: [1, null] } };
  expect(readAgentInitArgs(writeJsonInitArgs("Echo", config))).toStrictEqual(echo(config));
});

test("a config written for Python is keyword arguments in snake case", () => {
  const written = readPickle(
    writePickleInitArgs("Echo", { name: "Bob", modelConfigName: "m", nested: { keepCase: 1n } }),
  );
  const kwargs = { name: "Bob", model_config_name: "m", nested: { keepCase: 1 } };
  expect(written).toStrictEqual({ args: [], kwargs, class_name: "Echo" });
});
