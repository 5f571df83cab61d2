import { describe, expect, it } from "vitest";
import { checkDistOptions, DistConf, type DistOptions } from "../../src/agents/distOptions.js";
import { InvalidArgumentError } from "../../src/errors.js";

const at = { host: "127.0.0.1", port: 12001 };

describe("options of toDist", () => {
  it.each<[string, DistOptions, RegExp]>([
    ["a port alone", { port: 5 }, /give host and port both .* only port 5 was given/],
    ["a host alone", { host: "h" }, /give host and port both .* only host "h" was given/],
    ["an empty host", { host: "", port: 5 }, /host is ""; it must be a name or an address/],
    ["a host that is no text", { host: 5 as unknown as string, port: 5 }, /host is 5/],
    ["port 0", { host: "h", port: 0 }, /port is 0; it must be a whole number from 1 to 65535/],
    ["a port that is too large", { host: "h", port: 65_536 }, /port is 65536/],
    ["half a port", { host: "h", port: 1.5 }, /port is 1\.5/],
    ["a port as text", { host: "h", port: "12001" as unknown as number }, /port is 12001; it must be a whole number/],
    ["no results at all", { maxPoolSize: 0 }, /maxPoolSize is 0; it must be a number above 0/],
    ["less than nothing", { maxTimeoutSeconds: -1 }, /maxTimeoutSeconds is -1/],
    ["no number", { maxPoolSize: Number.NaN }, /maxPoolSize is NaN/],
    ["connectExisting without id", { ...at, connectExisting: true }, /connectExisting needs agentId, host and port/],
    ["connectExisting without server", { agentId: "a", connectExisting: true }, /connectExisting needs agentId, host/],
  ])("are refused, saying which and what to give: %s", (_what, options, message) => {
    expect(() => checkDistOptions(options)).toThrow(message);
    expect(() => checkDistOptions(options)).toThrow(InvalidArgumentError);
    expect(() => new DistConf(options)).toThrow(message);
  });

  it("are fine: none, a server, an agent of one", () => {
    for (const options of [
      {},
      at,
      { ...at, agentId: "a", connectExisting: true },
      { maxPoolSize: 1, lazyLaunch: true },
    ]) {
      expect(() => checkDistOptions(options)).not.toThrow();
    }
  });

  it("stand in a DistConf, all of them", () => {
    const all: Required<DistOptions> = {
      ...at,
      maxPoolSize: 5,
      maxTimeoutSeconds: 6,
      localMode: false,
      lazyLaunch: true,
      token: "t",
      tls: {},
      agentId: "a",
      connectExisting: true,
      onServerLoss: "fail",
      keepAlive: true,
      retry: { attempts: 2, on: ["MODEL_FAILED"] },
    };
    expect(new DistConf(all)).toMatchObject(all);
  });
});
