import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { discoveryPath } from "../../src/studio/discovery.js";
import { studioAddress } from "../../src/studio/studioAddress.js";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "address-test-"));
  vi.stubEnv("AGENTSCOPE_STATE_DIR", folder);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** A daemon that can be found. */
async function daemonAt(url: string): Promise<void> {
  const daemon = { pid: 1, instance: "i", pipe: "/pipe", url, token: "own token" };
  await writeFile(discoveryPath(folder), JSON.stringify(daemon));
}

test("without a name it is the daemon that is found, if there is one", async () => {
  expect(studioAddress(undefined, {})).toBeUndefined();
  await daemonAt("http://127.0.0.1:5000");
  expect(studioAddress(undefined, {})).toEqual({ url: "http://127.0.0.1:5000", token: "own token", isNamed: false });
  expect(studioAddress("off", {})).toBeUndefined();
  expect(studioAddress(undefined, { AGENTSCOPE_STUDIO_URL: "off" })).toBeUndefined();
});

test("the token of the user's own daemon is known where that is named", async () => {
  await daemonAt("http://127.0.0.1:5000");
  expect(studioAddress("http://localhost:5000", {})).toMatchObject({ token: "own token", isNamed: true });
  expect(studioAddress("http://far:5000", {})).toEqual({ url: "http://far:5000", token: undefined, isNamed: true });
  expect(studioAddress("http://far:5000", { AGENTSCOPE_STUDIO_TOKEN: "far token" })).toMatchObject({
    url: "http://far:5000",
    token: "far token",
  });
});

test("a process that a daemon started finds the next daemon, whatever port that has", async () => {
  const env = { AGENTSCOPE_STUDIO_URL: "http://127.0.0.1:5000", AGENTSCOPE_STUDIO_TOKEN: "own token" };
  expect(studioAddress(undefined, env)).toEqual({ url: "http://127.0.0.1:5000", token: "own token", isNamed: true });
  await daemonAt("http://127.0.0.1:5001");
  expect(studioAddress(undefined, env)).toEqual({ url: "http://127.0.0.1:5001", token: "own token", isNamed: true });
});

test.each(["ftp://far:1", "far:5000", "http://far:5000/path", ""])("%j is no address of a daemon", (url) => {
  expect(() => studioAddress(url, {})).toThrow("it must be http://HOST:PORT");
});
