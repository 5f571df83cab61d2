import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { InvalidArgumentError } from "../../src/errors.js";
import { logConsole } from "../../src/log/agentConsole.js";
import { logSettings } from "../../src/log/logSettings.js";
import { ServerLog } from "../../src/log/serverLog.js";
import { settings } from "../../src/orchestration/settings.js";

let written = "";

beforeEach(() => {
  written = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    written += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  settings.modelConfigs = [];
});

describe("how a log is written", () => {
  test("is text from `info` on, unless options or the environment say otherwise", () => {
    expect(logSettings({ log: true })).toEqual({ format: "text", level: "info" });
    vi.stubEnv("AGENTSCOPE_LOG_FORMAT", "JSON");
    vi.stubEnv("AGENTSCOPE_LOG_LEVEL", "warn");
    expect(logSettings({ log: true })).toEqual({ format: "json", level: "warn" });
    expect(logSettings({ log: true, logFormat: "text", logLevel: "debug" })).toEqual({
      format: "text",
      level: "debug",
    });
    expect(logSettings({ log: false, logLevel: "debug" }).level).toBe("error");
  });

  test("can't be what the environment makes up", () => {
    vi.stubEnv("AGENTSCOPE_LOG_LEVEL", "loud");
    expect(() => logSettings({ log: true })).toThrow(InvalidArgumentError);
    expect(() => logSettings({ log: true })).toThrow(
      'AGENTSCOPE_LOG_LEVEL is "loud"; it must be one of debug, info, warn, error',
    );
  });
});

test("a line of JSON has time, level, text and what it is about", () => {
  const log = new ServerLog({ format: "json", level: "info" }, { server_id: "s1" });
  log.write("warn", 'two\nlines "quoted"', { agent_id: "a1", task_id: undefined });
  log.write("debug", "left out");
  expect(written.endsWith("}\n")).toBe(true);
  const { time, ...rest } = JSON.parse(written) as Record<string, string>;
  expect(new Date(String(time)).toISOString()).toBe(time);
  expect(rest).toEqual({ level: "warn", msg: 'two\nlines "quoted"', server_id: "s1", agent_id: "a1" });
});

test("no line has a key of a model in it, in either form", () => {
  vi.stubEnv("PLANTED_KEY", "planted-key-0123456789");
  settings.modelConfigs = [{ config_name: "m", model_type: "openai_chat", api_key: "env:PLANTED_KEY" }];
  for (const format of ["text", "json"] as const) {
    new ServerLog({ format, level: "info" }).write("error", "refused: planted-key-0123456789");
  }
  expect(written).toContain("refused: ***");
  expect(written).not.toContain("planted-key");
});

test("what agents print goes to a log of JSON, and stays as it is beside one of text", () => {
  const before = { ...console };
  const about = () => ({ agent_name: "A" });
  try {
    logConsole(new ServerLog({ format: "text", level: "info" }), about);
    expect({ ...console }).toEqual(before);
    logConsole(new ServerLog({ format: "json", level: "info" }), about);
    console.log("%d of %s", 3, "five", { deep: 1 });
    console.error(new RangeError("boom"));
    console.debug("left out");
  } finally {
    Object.assign(console, before);
  }
  const lines = written.split("\n").filter((line) => line !== "");
  const told = lines.map((line) => JSON.parse(line) as Record<string, string>);
  expect(told.map(({ level, agent_name }) => [level, agent_name])).toEqual([
    ["info", "A"],
    ["error", "A"],
  ]);
  expect(told[0]?.msg).toBe("3 of five { deep: 1 }");
  expect(told[1]?.msg).toMatch(/^RangeError: boom\n/);
});
