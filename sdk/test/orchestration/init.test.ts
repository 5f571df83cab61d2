import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { init, type InitOptions } from "../../src/orchestration/init.js";
import { settings } from "../../src/orchestration/settings.js";

const before = { ...settings };

beforeEach(() => void Object.assign(settings, before));
afterEach(() => void Object.assign(settings, before));

describe("init", () => {
  it("sets what it is given, and leaves the rest", () => {
    const logger = { warn: () => {} };
    init({ project: "p", maxChildServers: 3 });
    init({ name: "n", logger, callTimeoutSeconds: 5, saveDir: "/s", target: "local", quiet: true });
    init();
    expect(settings).toMatchObject({
      project: "p",
      name: "n",
      maxChildServers: 3,
      callTimeoutSeconds: 5,
      saveDir: "/s",
      target: "local",
      quiet: true,
    });
    expect(settings.logger).toBe(logger);
  });

  it.each<[InitOptions, RegExp]>([
    [{ maxChildServers: 0 }, /maxChildServers is 0; it must be a whole number above 0/],
    [{ maxChildServers: 1.5 }, /maxChildServers is 1\.5/],
    [{ warmChildServers: -1 }, /warmChildServers is -1; it must be a whole number from 0/],
    [{ warmChildServers: Number.NaN }, /warmChildServers is NaN/],
    [{ callTimeoutSeconds: 0 }, /callTimeoutSeconds is 0; it must be a number above 0/],
    [{ callTimeoutSeconds: Number.NaN }, /callTimeoutSeconds is NaN/],
    [{ onServerLoss: "again" as "fail" }, /onServerLoss is "again"; it must be "fail" or "restart"/],
    [{ retry: { attempts: 0, on: ["MODEL_FAILED"] } }, /init: retry\.attempts is 0/],
    [{ maxPendingCalls: 0 }, /maxPendingCalls is 0; it must be a whole number above 0/],
    [{ windowBytes: 0.5 }, /windowBytes is 0.5; it must be a whole number above 0/],
    [{ chunkBytes: 0 }, /chunkBytes is 0; it must be a whole number above 0/],
    [{ chunkBytes: 1e9 }, /chunkBytes is 1000000000; it can be 67108864 at the most/],
    [{ studioUrl: "127.0.0.1:5000" }, /the studio url is "127\.0\.0\.1:5000"; it must be http:\/\/HOST:PORT/],
    [{ modelConfigs: "/no/such/file.json" }, /no\/such\/file\.json/],
  ])("refuses %j, and sets nothing then", (options, message) => {
    expect(() => init({ project: "changed", ...options })).toThrow(message);
    expect(settings).toEqual(before);
  });
});
