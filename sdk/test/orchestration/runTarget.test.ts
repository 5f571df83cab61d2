import { afterEach, describe, expect, it, vi } from "vitest";
import { InvalidArgumentError } from "../../src/errors.js";
import { init } from "../../src/orchestration/init.js";
import { resolveTarget } from "../../src/orchestration/runTarget.js";
import { settings } from "../../src/orchestration/settings.js";

afterEach(() => {
  vi.unstubAllEnvs();
  settings.target = undefined;
});

const at = { host: "10.0.0.1", port: 12001, token: "t" };

describe("where toDist puts an agent", () => {
  it("is a child process, or the server that the options name", () => {
    expect(resolveTarget({})).toEqual({ kind: "child" });
    expect(resolveTarget(at)).toEqual({ kind: "server", address: "10.0.0.1:12001", token: "t", tls: undefined });
    expect(resolveTarget({ host: "::1", port: 5 }).address).toBe("[::1]:5");
  });

  it("is where the run target says, whatever the options", () => {
    for (const [target, expected] of [
      ["local", { kind: "local" }],
      ["child", { kind: "child" }],
      ["example.org:8080", { kind: "server", address: "example.org:8080", token: "t" }],
      ["[::1]:8080", { kind: "server", address: "[::1]:8080" }],
    ] as const) {
      vi.stubEnv("AGENTSCOPE_TARGET", target);
      expect(resolveTarget(at)).toMatchObject(expected);
      vi.stubEnv("AGENTSCOPE_TARGET", "");
      init({ target });
      expect(resolveTarget(at)).toMatchObject(expected);
    }
  });

  it("is what the environment says, before init", () => {
    init({ target: "child" });
    vi.stubEnv("AGENTSCOPE_TARGET", "local");
    expect(resolveTarget(at)).toEqual({ kind: "local" });
  });

  it.each(["nowhere", "host:", ":5", "host:port", "host:0", "host:99999", " local"])(
    "can't be %j: that is refused, with what it can be",
    (target) => {
      vi.stubEnv("AGENTSCOPE_TARGET", target);
      expect(() => resolveTarget({})).toThrow(InvalidArgumentError);
      expect(() => resolveTarget({})).toThrow(JSON.stringify(target));
      expect(() => resolveTarget({})).toThrow(/it must be local, child, studio, or the HOST:PORT of an agent server/);
    },
  );

  it("is left to the daemon where that is the target, for agents that no options place", () => {
    vi.stubEnv("AGENTSCOPE_TARGET", "studio");
    expect(resolveTarget({})).toEqual({ kind: "studio" });
    expect(resolveTarget(at)).toMatchObject({ kind: "server", address: "10.0.0.1:12001", token: "t" });
  });

  it("is left to a daemon that somebody has named, unless a target says otherwise", () => {
    vi.stubEnv("AGENTSCOPE_STUDIO_URL", "http://127.0.0.1:5000");
    expect(resolveTarget({})).toEqual({ kind: "studio" });
    expect(resolveTarget(at).kind).toBe("server");
    vi.stubEnv("AGENTSCOPE_TARGET", "child");
    expect(resolveTarget({})).toEqual({ kind: "child" });
    vi.stubEnv("AGENTSCOPE_TARGET", "");
    vi.stubEnv("AGENTSCOPE_STUDIO_URL", "off");
    expect(resolveTarget({})).toEqual({ kind: "child" });
  });
});
