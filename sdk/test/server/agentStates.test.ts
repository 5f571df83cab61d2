import { describe, expect, test } from "vitest";
import { agentStates } from "../../src/server/agentStates.js";
import { addAgent, makeHost } from "../runtime/hosts.js";

const classes = { moduleOf: () => "file:///agents.js" };

function scene() {
  const host = makeHost();
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const gates = { slow: () => gate };
  const a = addAgent(host, "A", gates);
  const b = addAgent(host, "B", { ...gates, asks: async () => a.handle["slow"]?.(), quick: () => 1 });
  const stateOf = (id: string) => agentStates(host, [id], classes)[0];
  return { host, a, b, open, stateOf };
}

describe("what an agent does", () => {
  test("nothing", () => {
    const { a, stateOf } = scene();
    const state = stateOf(a.agent.id);
    expect(state).toMatchObject({ agentId: a.agent.id, state: "idle", queueLength: 0, module: "file:///agents.js" });
    expect(JSON.parse(state?.thumbnail ?? "")).toMatchObject({ name: "A", agent_id: a.agent.id });
    expect(Object.keys(state ?? {})).not.toContain("runningSinceMs");
  });

  test("runs, with calls behind it", async () => {
    const { a, open, stateOf } = scene();
    const calls = [1, 2, 3].map(() => a.handle["slow"]?.());
    expect(stateOf(a.agent.id)).toMatchObject({ state: "running", queueLength: 2 });
    expect(Math.abs(Date.now() - (stateOf(a.agent.id)?.runningSinceMs ?? 0))).toBeLessThan(5000);
    open();
    await Promise.all(calls.map((call) => Promise.resolve(call)));
    expect(stateOf(a.agent.id)).toMatchObject({ state: "idle", queueLength: 0 });
  });

  test("waits for the input of its next call", async () => {
    const { a, b, open, stateOf } = scene();
    const call = b.handle["quick"]?.(a.handle["slow"]?.());
    expect(stateOf(b.agent.id)).toMatchObject({ state: "waiting", queueLength: 1, waitingFor: ["A"] });
    open();
    await call;
  });

  test("could not be made", async () => {
    const { host } = scene();
    const spec = { id: "x", name: "X", className: "Missing", args: [], moduleUrl: undefined };
    host.create(spec);
    expect(agentStates(host, ["x", "nobody"], classes)).toMatchObject([
      { agentId: "x", state: "failed", error: expect.stringContaining("no class Missing") as string },
    ]);
  });

  test("is being made", () => {
    const { host } = scene();
    const never = makeHost({ findClass: () => new Promise(() => {}) });
    never.create({ id: "y", name: "Y", className: "Slow", args: [], moduleUrl: undefined });
    expect(agentStates(never, ["y"], classes)).toMatchObject([{ agentId: "y", state: "creating" }]);
    expect(agentStates(host, ["y"], classes)).toEqual([]);
  });
});
