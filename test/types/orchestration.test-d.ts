import {
  AgentBase,
  type AgentInput,
  forLoopPipeline,
  ifElsePipeline,
  init,
  Msg,
  msgHub,
  type Placeholder,
  RpcAgentClient,
  RpcAgentServerLauncher,
  sequentialPipeline,
  switchPipeline,
  whileLoopPipeline,
} from "agentscope-distributed";
import { expectTypeOf, test } from "vitest";

class Plain extends AgentBase {
  extra(): number {
    return 1;
  }
}

const a = new Plain({ name: "a" });
const b = new Plain({ name: "b" }).toDist();
const x = new Msg({ name: "s", content: 1, role: "user" });

test("pipelines take agents and handles, alone or in a list", async () => {
  expectTypeOf(sequentialPipeline([a, b], x)).toExtend<AgentInput>();
  expectTypeOf(sequentialPipeline([a, b])).toExtend<AgentInput>();
  const result = await ifElsePipeline((said) => said !== undefined, { ifBody: a, elseBody: [a, b] }, x);
  expectTypeOf(result).toEqualTypeOf<Msg | Msg[] | undefined>();
  await forLoopPipeline([a, b], { maxLoop: 3, breakFunc: async () => true }, x);
  await whileLoopPipeline(a, (loop) => loop < 3, x);
  // @ts-expect-error a loop has an end
  await forLoopPipeline(a, {}, x);
  // @ts-expect-error an agent is called, its name is not
  sequentialPipeline(["a"], x);
});

test("a switch's cases are what its condition names", async () => {
  const decide = (said: unknown): "yes" | "no" => (said === undefined ? "no" : "yes");
  const result = await switchPipeline(decide, { cases: { yes: a, no: [a, b] } }, x);
  expectTypeOf(result).toEqualTypeOf<Msg | Msg[] | undefined>();
  await switchPipeline((): number => 2, { cases: { 1: a, 2: b }, defaultBody: a }, x);
  // @ts-expect-error the condition names a case that there is not
  await switchPipeline(decide, { cases: { yes: a } }, x);
});

test("a hub hands its participants to its body, each as what it is, and gives what that gives", async () => {
  const result = await msgHub([a, b], { announcement: x }, ([first, second], hub) => {
    expectTypeOf(first(x)).toEqualTypeOf<Placeholder>();
    expectTypeOf(second(x)).toEqualTypeOf<Placeholder>();
    hub.broadcast(x);
    hub.delete(a);
    hub.add(a);
    return 5;
  });
  expectTypeOf(result).toEqualTypeOf<number>();
  // @ts-expect-error a function hears nothing
  await msgHub([() => {}], {}, () => {});
});

test("init takes settings, all of them optional, and no others", () => {
  expectTypeOf(init).toBeCallableWith();
  init({ project: "p", maxChildServers: 2, target: "local", logger: console });
  // @ts-expect-error there is no such setting
  init({ maxChildren: 2 });
  // @ts-expect-error a number of processes is a number
  init({ maxChildServers: "2" });
});

test("a launcher takes classes, not agents", async () => {
  const launcher = new RpcAgentServerLauncher({ customAgentClasses: [Plain], port: 0, workers: 2 });
  await launcher.launch();
  await launcher.launch({ inSubprocess: false });
  expectTypeOf(launcher.port).toEqualTypeOf<number>();
  // @ts-expect-error an agent is no class
  void new RpcAgentServerLauncher({ customAgentClasses: [a] });
});

test("a client's answers are typed", async () => {
  const client = new RpcAgentClient({ host: "h", port: 1 });
  expectTypeOf(await client.isAlive()).toEqualTypeOf<boolean>();
  expectTypeOf((await client.getServerInfo()).pid).toEqualTypeOf<number>();
  expectTypeOf(await client.getAgentMemory("id")).toEqualTypeOf<Msg[]>();
  expectTypeOf((await client.getAgentList())[0]?.agent_id).toEqualTypeOf<string | undefined>();
  expectTypeOf(await client.cloneAgent("id")).toEqualTypeOf<string>();
  // @ts-expect-error a client is one of a server
  void new RpcAgentClient();
});
