import { networkInterfaces } from "node:os";
import { init, Msg, RpcAgentServerLauncher } from "agentscope-distributed";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { Caller } from "../../fixtures/agents/caller.js";
import { Echo } from "../../fixtures/agents/echo.js";
import { Maker } from "../../fixtures/agents/maker.js";
import { Recorder } from "../../fixtures/agents/recorder.js";
import { AgentServer } from "../../processes/agentServer.js";

let first: AgentServer;
let second: AgentServer;

beforeAll(async () => {
  [first, second] = await Promise.all([AgentServer.start(["--workers", "2"]), AgentServer.start(["--workers", "1"])]);
});

afterEach(() => {
  vi.unstubAllEnvs();
});

afterAll(async () => {
  await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()]);
});

const say = (content: unknown) => new Msg({ name: "user", content, role: "user" });

describe.each([
  ["here", () => undefined],
  ["in a child process", () => ({})],
  ["on an agent server", () => first.at],
])("an agent %s", (_, place) => {
  function make(): Maker {
    const maker = new Maker({ name: "M" });
    const at = place();
    return (at === undefined ? maker : maker.toDist(at)) as Maker;
  }

  test("makes agents in its own process, in children of that, on its own server and on others", async () => {
    const maker = make();
    const here = (await maker(say(undefined)).content) as { said: string; pid: number };
    expect(here.said).toBe("made 2 heard made 1");
    const child = (await maker(say({})).content) as { pid: number };
    expect(child).toMatchObject({ said: "made 2 heard made 1" });
    expect([process.pid, here.pid, first.pid, second.pid]).not.toContain(child.pid);
    expect(await maker(say(first.at)).content).toEqual({ said: "made 2 heard made 1", pid: first.pid });
    expect(await maker(say(second.at)).content).toEqual({ said: "made 2 heard made 1", pid: second.pid });
    expect(await Promise.resolve(maker.again())).toEqual(Array.from({ length: 4 }, () => "made 3 heard nothing"));
  });

  test("gives the handle of one that it has just made", async () => {
    const maker = make();
    for (const where of [first.at, second.at, {}]) {
      const given = await Promise.resolve(maker.give(where));
      await given.observe(say("x"));
      expect(await given.contents()).toEqual(["x"]);
    }
  });
});

test("a lazy agent that is passed on before it is launched is launched by whoever calls it first", async () => {
  const lazy = new Recorder({ name: "lazy" }).toDist({ ...second.at, lazyLaunch: true });
  const caller = new Caller({ name: "C", asks: [lazy] }).toDist(first.at);
  expect(await caller(say("x")).content).toBe(1);
  expect(await lazy.contents()).toEqual(["x"]);
});

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === "::1"));

test.skipIf(!hasIpv6)("a server listens on the loopback of IPv6", async () => {
  await using server = new RpcAgentServerLauncher({ host: "::1", customAgentClasses: [Echo, Caller] });
  await server.launch();
  const at = { host: "::1", port: server.port };
  const echo = new Echo({ name: "E" }).toDist(at);
  expect(await echo(say("x")).content).toBe("x");
  expect(await new Caller({ name: "C", asks: [echo] }).toDist(first.at)(say("y")).content).toBe("y");
});

test("configs and contents of 20 MB, and lists of thousands of messages, arrive", async () => {
  const text = "0123456789".repeat(2_000_000);
  const echo = new Echo({ name: "E", sysPrompt: text }).toDist(first.at);
  expect(await echo.get("sysPrompt")).toHaveLength(text.length);
  const list = Array.from({ length: 5000 }, (_, index) => say(index));
  expect(await echo(list).content).toEqual(list.map(({ content }) => content));
  const many = Array.from({ length: 100 }, () => say("x".repeat(60_000)));
  expect(((await echo(many).content) as string[]).every((one) => one.length === 60_000)).toBe(true);
});

// Last: what init has set can't be unset.
test("the run target HOST:PORT puts agents on that server, whatever toDist says; init sets it too", async () => {
  vi.stubEnv("AGENTSCOPE_TARGET", second.address);
  expect(await new Echo({ name: "E" }).toDist().pid()).toBe(second.pid);
  expect(await new Echo({ name: "E" }).toDist(first.at).pid()).toBe(second.pid);
  vi.unstubAllEnvs();
  init({ target: first.address });
  expect(await new Echo({ name: "E" }).toDist().pid()).toBe(first.pid);
  init({ target: "child" });
  expect([first.pid, second.pid, process.pid]).not.toContain(await new Echo({ name: "E" }).toDist(first.at).pid());
  vi.stubEnv("AGENTSCOPE_TARGET", first.address);
  expect(await new Echo({ name: "E" }).toDist().pid()).toBe(first.pid);
});
