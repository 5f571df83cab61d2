import { AgentServerNotAliveError, Msg, type Placeholder, RpcAgentServerLauncher } from "agentscope-distributed";
import { expect, test } from "vitest";
import { Bulk } from "../../fixtures/agents/bulk.js";
import { Caller } from "../../fixtures/agents/caller.js";
import { Echo } from "../../fixtures/agents/echo.js";
import { Unresponsive } from "../../fixtures/agents/unresponsive.js";
import { AgentServer } from "../../processes/agentServer.js";

const say = (content: unknown) => new Msg({ name: "user", content, role: "user" });

/** How each of them failed, and how many milliseconds after `since` the last one did. */
async function failures(
  calls: readonly PromiseLike<unknown>[],
  since: number,
): Promise<{ errors: unknown[]; ms: number }> {
  const errors = await Promise.all(
    calls.map(async (call) => {
      try {
        return { value: await call };
      } catch (error) {
        return error;
      }
    }),
  );
  return { errors, ms: performance.now() - since };
}

test("kill -9 of an agent server rejects within 1 s all that waits for it, here, in children and on other servers", async () => {
  await using dying = await AgentServer.start(["--workers", "2"]);
  await using other = await AgentServer.start(["--workers", "1"]);
  const silent = [1, 2].map(() => new Unresponsive({ name: "silent" }).toDist(dying.at));
  const remote = new Echo({ name: "remote" }).toDist(other.at);
  const child = new Echo({ name: "child" }).toDist();
  const local = new Echo({ name: "local" });
  await Promise.all([...silent, remote, child].map((agent) => agent(say("warm up"))));
  const waiting = silent.map((agent) => agent(say("wait")));
  const [x] = waiting;
  const behind = [...waiting, ...silent.map((agent) => agent(say("queued"))), silent[0]?.pid(), silent[1]?.get("name")];
  const dependent = [remote(x), child(x), local(x), remote([say("fine"), x as Placeholder]), child(remote(local(x)))];
  const field = (x as Placeholder).content;
  // All of these calls have arrived where they wait.
  await Promise.all([new Echo({ name: "last" }).toDist(other.at).ready(), silent[1]?.ready()]);
  const killed = performance.now();
  dying.kill("SIGKILL");
  const { errors, ms } = await failures([...behind, ...dependent, field] as PromiseLike<unknown>[], killed);
  expect(ms).toBeLessThan(1000);
  for (const error of errors) {
    expect(error).toBeInstanceOf(AgentServerNotAliveError);
    expect(error).toMatchObject({ code: "SERVER_NOT_ALIVE", server: dying.address });
  }
  expect(String(errors.at(-2))).toMatch(
    /"child" was not run, its input failed \(silent → local → remote → child\): agent "silent" .*is gone/,
  );
  for (const error of errors.slice(0, behind.length)) {
    expect(error).toMatchObject({ agentName: "silent", agentId: expect.any(String) as string });
    expect(String(error)).toContain(`agent "silent" can't answer: the agent server ${dying.address} is gone: `);
  }
  expect(errors[0]).toBe(errors[2]);
  const { errors: later, ms: laterMs } = await failures(
    [silent[0]?.(say("late")), remote(x)] as Placeholder[],
    performance.now(),
  );
  expect(laterMs).toBeLessThan(1000);
  for (const error of later) expect(error).toBeInstanceOf(AgentServerNotAliveError);
  expect(await Promise.all([remote, child, local].map((agent) => agent(say("alive")).content))).toEqual(
    Array.from({ length: 3 }, () => "alive"),
  );
});

test("kill -9 of a child process rejects within 1 s what waits for it, and says how it ended", async () => {
  const silent = new Unresponsive({ name: "silent" }).toDist({ maxPoolSize: 101 });
  const other = new Echo({ name: "other" }).toDist({ maxPoolSize: 102 });
  const pid = await silent.pid();
  await other.ready();
  const waiting = [silent(say("wait")), silent(say("queued"))];
  const dependent = [other(waiting[0]), other([say("x"), waiting[1] as Placeholder])];
  const killed = performance.now();
  process.kill(pid, "SIGKILL");
  const { errors, ms } = await failures([...waiting, ...dependent], killed);
  expect(ms).toBeLessThan(1000);
  for (const error of errors) expect(error).toBeInstanceOf(AgentServerNotAliveError);
  expect(String(errors[0])).toMatch(
    /agent "silent" can't answer: the child server 127\.0\.0\.1:\d+ ended: signal SIGKILL/,
  );
  expect(await other(say("alive")).content).toBe("alive");
  const next = new Unresponsive({ name: "next" }).toDist({ maxPoolSize: 101 });
  expect(await next.pid()).not.toBe(pid);
});

test("a large value that stayed on a server dies with it, and who reads it is told within 1 s", async () => {
  await using dying = await AgentServer.start(["--workers", "1"]);
  await using other = await AgentServer.start(["--workers", "1"]);
  const make = new Bulk({ name: "make", does: "make", sizeBytes: 1_000_000, toDist: dying.at });
  const sum = new Bulk({ name: "sum", does: "sum", toDist: other.at });
  const x = make();
  await make.observe();
  await sum();
  await dying.crash();
  const killed = performance.now();
  const { errors, ms } = await failures([x, sum(x), x.content], killed);
  expect(ms).toBeLessThan(1000);
  for (const error of errors) expect(error).toBeInstanceOf(AgentServerNotAliveError);
});

test("a server that was started again at the same address is told from the one before", async () => {
  const first = await AgentServer.start(["--workers", "1"]);
  const { at } = first;
  await using other = await AgentServer.start(["--workers", "1"]);
  const old = new Echo({ name: "old" }).toDist({ ...at, agentId: "same" });
  const remote = new Echo({ name: "remote" }).toDist(other.at);
  const large = new Bulk({ name: "make", does: "make", sizeBytes: 1_000_000, toDist: at })();
  // The other server has its own connection to the first one.
  expect(await remote(old(say("x".repeat(100_000)))).content).toHaveLength(100_000);
  await old(say("x"));
  await first[Symbol.asyncDispose]();
  await using second = await AgentServer.start(["--workers", "1", "--port", String(at.port)]);
  expect(second.at).toEqual(at);
  const young = new Echo({ name: "young" }).toDist({ ...at, agentId: "same" });
  expect(await young(say("hello")).content).toBe("hello");
  expect(await remote(young(say("y".repeat(100_000)))).content).toHaveLength(100_000);
  const caller = new Caller({ name: "caller" }).toDist(other.at);
  expect(await caller.ask(young, "through the other server")).toBe("through the other server");
  await expect(Promise.resolve(caller.ask(old, "x"))).rejects.toThrow(/was started again/);
  for (const call of [old(say("x")), old.pid(), large, remote(large), remote(old(say("x")))]) {
    await expect(Promise.resolve(call)).rejects.toBeInstanceOf(AgentServerNotAliveError);
  }
  expect(await young.pid()).toBe(second.pid);
});

test("calls of a server that is stopped are rejected at once, and say that it was stopped", async () => {
  await using launcher = new RpcAgentServerLauncher({ customAgentClasses: [Unresponsive] });
  await launcher.launch();
  const silent = new Unresponsive({ name: "silent" }).toDist({ host: launcher.host, port: launcher.port });
  await silent();
  const waiting = silent(say("wait"));
  const stopped = performance.now();
  const stopping = launcher.shutdown();
  const { errors, ms } = await failures([waiting], stopped);
  expect(ms).toBeLessThan(1500);
  expect(errors[0]).toMatchObject({ code: expect.stringMatching(/SERVER_NOT_ALIVE|AGENT_NOT_FOUND/) as string });
  await stopping;
  await expect(silent(say("late"))).rejects.toThrow(/was stopped/);
});
